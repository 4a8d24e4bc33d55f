/** Reads the greetings from a file. */
@NullMarked
package com.example.chat.adapter.file;

import org.jspecify.annotations.NullMarked;
