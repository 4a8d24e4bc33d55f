package dev.chatlist.domain;

import java.util.Objects;

/**
 * The rules for ids, texts and times. They allow only values that Java, JSON and PostgreSQL can all represent: a lone
 * surrogate is a legal {@code char} but not Unicode text, and PostgreSQL can't store U+0000.
 */
final class Check {
    static final int MAX_ID_CHARACTERS = 128;

    private Check() {}

    static String id(String field, String value) {
        text(field, value);
        int characters = value.codePointCount(0, value.length());
        if (characters < 1 || characters > MAX_ID_CHARACTERS) {
            throw new IllegalArgumentException(
                    "%s must have 1 to %s characters, it has %s".formatted(field, MAX_ID_CHARACTERS, characters));
        }
        for (int i = 0; i < value.length(); i++) {
            if (Character.isISOControl(value.charAt(i))) {
                throw new IllegalArgumentException(field + " must not hold a control character");
            }
        }
        return value;
    }

    static String text(String field, String value) {
        Objects.requireNonNull(value, field);
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == 0) {
                throw new IllegalArgumentException(field + " must not hold U+0000");
            }
            if (Character.isSurrogate(c)) {
                if (!Character.isHighSurrogate(c)
                        || i + 1 == value.length()
                        || !Character.isLowSurrogate(value.charAt(i + 1))) {
                    throw new IllegalArgumentException(field + " must not hold half a surrogate pair");
                }
                i++;
            }
        }
        return value;
    }

    static long time(String field, long nanoseconds) {
        if (nanoseconds < 0) {
            throw new IllegalArgumentException(
                    "%s must be nanoseconds since the epoch, 0 or more, it is %s".formatted(field, nanoseconds));
        }
        return nanoseconds;
    }

    /** Compares by code point. UTF-8 bytes have the same order, and so have PostgreSQL's texts under collation "C". */
    static int compare(String a, String b) {
        int common = Math.min(a.length(), b.length());
        for (int i = 0; i < common; i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x != y) {
                // Surrogates encode code points above every other char, but as chars they are less than U+E000 to
                // U+FFFF.
                boolean sameKind = Character.isSurrogate(x) == Character.isSurrogate(y);
                return sameKind ? Character.compare(x, y) : Character.isSurrogate(x) ? 1 : -1;
            }
        }
        return Integer.compare(a.length(), b.length());
    }
}
