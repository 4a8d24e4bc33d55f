package dev.chatlist.bootstrap.settings;

/**
 * The value of a setting before it is checked.
 *
 * @param place where it stands, in words
 * @param text as the user wrote it; several are separated by commas
 */
record Given(Setting setting, Source source, String place, String text) {
    /** The lowest first. */
    enum Source {
        DEFAULT,
        FILE,
        ENVIRONMENT,
        FLAG
    }

    boolean isSet() {
        return source != Source.DEFAULT || !text.isEmpty();
    }

    /** The setting in messages: with its place if that is a file, else as flag and variable. */
    String name() {
        return source == Source.FILE ? "%s (%s)".formatted(setting.key(), place) : setting.toString();
    }
}
