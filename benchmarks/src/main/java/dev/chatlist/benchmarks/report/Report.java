package dev.chatlist.benchmarks.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The report, a Markdown file. Measured parts stand between {@code <!-- measured: name -->} and
 * {@code <!-- end: name -->} and are replaced; the text around them is written by people and stays.
 */
public final class Report {
    private final Path file;

    public Report(Path file) {
        this.file = file;
    }

    /** Replaces the part with that name, or appends it under a heading of its own. */
    public void write(String name, String content) throws IOException {
        String text = Files.exists(file) ? Files.readString(file) : "# Performance\n";
        String part = "<!-- measured: %1$s -->\n%2$s\n<!-- end: %1$s -->\n".formatted(name, content.strip());
        Matcher old = Pattern.compile("<!-- measured: %1$s -->.*?<!-- end: %1$s -->\n".formatted(name), Pattern.DOTALL)
                .matcher(text);
        String changed =
                old.find() ? old.replaceFirst(Matcher.quoteReplacement(part)) : text + "\n## " + name + "\n\n" + part;
        Files.writeString(file, changed);
    }
}
