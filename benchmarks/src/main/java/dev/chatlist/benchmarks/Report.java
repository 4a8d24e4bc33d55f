package dev.chatlist.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Markdown file of which only what stands between markers is ours, {@code <!-- measured: name -->} and
 * {@code <!-- end: name -->}; the rest is written by people and stays as it is.
 */
final class Report {
    private final Path file;

    Report(Path file) {
        this.file = file;
    }

    /** Replaces the part of that name; where there is none, it goes to the end of the file. */
    void write(String name, String content) throws IOException {
        String text = Files.exists(file) ? Files.readString(file) : "# Performance\n";
        String part = "<!-- measured: %1$s -->\n%2$s\n<!-- end: %1$s -->\n".formatted(name, content.strip());
        Matcher old = Pattern.compile("<!-- measured: %1$s -->.*?<!-- end: %1$s -->\n".formatted(name), Pattern.DOTALL)
                .matcher(text);
        String changed =
                old.find() ? old.replaceFirst(Matcher.quoteReplacement(part)) : text + "\n## " + name + "\n\n" + part;
        Files.writeString(file, changed);
    }
}
