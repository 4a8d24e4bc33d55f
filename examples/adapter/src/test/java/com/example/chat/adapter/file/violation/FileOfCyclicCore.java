package com.example.chat.adapter.file.violation;

import com.example.chat.core.violation.CyclicCore;

public interface FileOfCyclicCore extends CyclicCore.Part {}
