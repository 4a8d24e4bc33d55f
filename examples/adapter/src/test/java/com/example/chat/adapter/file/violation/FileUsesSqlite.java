package com.example.chat.adapter.file.violation;

import com.example.chat.adapter.sqlite.SqliteStore;

public record FileUsesSqlite(SqliteStore store) {}
