package dev.chatlist.benchmarks.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
    @TempDir
    Path directory;

    @Test
    void textAroundAMeasuredPartStays() throws IOException {
        Path file = directory.resolve("performance.md");
        String text = "Before\n<!-- measured: %s -->\n%s\n<!-- end: %1$s -->\nBetween\n";
        Files.writeString(file, text.formatted("one", "old $1") + text.formatted("two", "as it was"));

        new Report(file).write("one", "new $1\\\n");

        assertEquals(text.formatted("one", "new $1\\") + text.formatted("two", "as it was"), Files.readString(file));
    }

    @Test
    void aNewPartIsAppended() throws IOException {
        Path file = directory.resolve("performance.md");

        new Report(file).write("one", "1");
        new Report(file).write("one", "2");

        assertEquals(
                "# Performance\n\n## one\n\n<!-- measured: one -->\n2\n<!-- end: one -->\n", Files.readString(file));
    }
}
