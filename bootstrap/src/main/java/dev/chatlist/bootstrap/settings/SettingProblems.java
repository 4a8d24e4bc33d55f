package dev.chatlist.bootstrap.settings;

import dev.chatlist.bootstrap.process.CommandFailure;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What is wrong with the settings, one line for each problem. Never repeats a value that may be a secret. */
final class SettingProblems {
    private final Set<String> lines = new LinkedHashSet<>();

    void add(String line) {
        lines.add(line);
    }

    /** @param failure of reading the value or the file that it names */
    static String describe(Setting setting, String value, Exception failure) {
        if (failure instanceof IOException || failure instanceof InvalidPathException) {
            return setting.mayHoldSecret()
                    ? ofHiddenFile(failure)
                    : "can't read %s: %s".formatted(value, CommandFailure.reasonOfFile(failure));
        }
        return String.valueOf(failure.getMessage());
    }

    /** A failure of the file system names the file, which may be the secret itself. */
    private static String ofHiddenFile(Exception failure) {
        String problem = "can't read that file";
        if (failure instanceof NoSuchFileException || failure instanceof InvalidPathException) {
            problem = "there is no such file";
        } else if (failure instanceof CharacterCodingException) {
            problem += ": it isn't text in UTF-8";
        } else if (!(failure instanceof FileSystemException)) {
            problem += ": " + failure.getMessage();
        }
        return problem + "; its name isn't shown, as it might be a secret";
    }

    /** @throws CommandFailure if there is any */
    void requireNone() {
        if (!lines.isEmpty()) {
            throw CommandFailure.badUsage(List.copyOf(lines));
        }
    }
}
