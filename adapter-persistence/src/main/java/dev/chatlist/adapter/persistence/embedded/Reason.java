package dev.chatlist.adapter.persistence.embedded;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileLockInterruptionException;
import java.nio.file.FileSystemException;
import java.util.List;

/** The reason of a failure, in one line. */
final class Reason {
    private static final int MAX_LINES = 4;

    private Reason() {}

    /** Names the kind of failure where the exception's message is only a path: "AccessDeniedException: /data". */
    static String of(IOException e) {
        if (e instanceof ClosedByInterruptException || e instanceof FileLockInterruptionException) {
            return "interrupted";
        }
        String kind = e instanceof FileSystemException ? e.getClass().getSimpleName() + ": " : "";
        return of(kind + e.getMessage());
    }

    /** The last lines of a program's output, where programs give their reasons. */
    static String of(String output) {
        List<String> lines = output.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
        return String.join(" | ", lines.subList(Math.max(0, lines.size() - MAX_LINES), lines.size()));
    }
}
