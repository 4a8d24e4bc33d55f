package dev.chatlist.domain;

import java.util.Objects;

/**
 * What may stand in an id, a text and a time. Here once, because Java, JSON and PostgreSQL must agree on it: a lone
 * surrogate is a legal {@code char} but no Unicode text, and PostgreSQL stores no U+0000.
 */
final class Check {
    static final int MAX_ID_CHARACTERS = 128;

    private Check() {}

    static String id(String field, String value) {
        text(field, value);
        int characters = value.codePointCount(0, value.length());
        if (characters < 1 || characters > MAX_ID_CHARACTERS) {
            throw new IllegalArgumentException(
                    "%s must have 1 to %d characters, it has %d".formatted(field, MAX_ID_CHARACTERS, characters));
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
                    "%s must be nanoseconds since the epoch, 0 or more, it is %d".formatted(field, nanoseconds));
        }
        return nanoseconds;
    }

    /** By code point, which is the order of UTF-8 bytes and so PostgreSQL's under collation "C". */
    static int compare(String a, String b) {
        int common = Math.min(a.length(), b.length());
        for (int i = 0; i < common; i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x != y) {
                // Surrogates stand for code points above every other char, yet sort below U+E000 to U+FFFF.
                boolean sameKind = Character.isSurrogate(x) == Character.isSurrogate(y);
                return sameKind ? Character.compare(x, y) : Character.isSurrogate(x) ? 1 : -1;
            }
        }
        return Integer.compare(a.length(), b.length());
    }
}
