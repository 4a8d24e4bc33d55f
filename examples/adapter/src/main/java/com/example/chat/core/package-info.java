/** The use cases of this program, on top of Chatlist's. They know neither SQLite nor files. */
@NullMarked
package com.example.chat.core;

import org.jspecify.annotations.NullMarked;
