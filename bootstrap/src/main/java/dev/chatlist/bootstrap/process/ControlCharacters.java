package dev.chatlist.bootstrap.process;

import java.util.regex.Pattern;

/** Makes text safe to print: a terminal obeys control characters. */
public final class ControlCharacters {
    private static final Pattern CONTROL = Pattern.compile("\\p{Cc}");

    private ControlCharacters() {}

    /** Returns the text with each control character, a line break too, as {@code \\uXXXX}. */
    public static String escaped(String text) {
        return CONTROL.matcher(text)
                .replaceAll(found -> "\\\\u%04x".formatted((int) found.group().charAt(0)));
    }
}
