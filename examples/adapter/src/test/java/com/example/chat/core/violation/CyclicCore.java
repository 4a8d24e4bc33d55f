package com.example.chat.core.violation;

import com.example.chat.adapter.file.violation.FileOfCyclicCore;

public record CyclicCore(FileOfCyclicCore file) {
    public interface Part {}
}
