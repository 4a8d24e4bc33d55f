package dev.chatlist.bootstrap.settings;

import static java.util.Objects.requireNonNull;

import dev.chatlist.bootstrap.process.CommandFailure;
import dev.chatlist.bootstrap.settings.Given.Source;
import dev.chatlist.bootstrap.settings.SettingKind.Choice;
import dev.chatlist.bootstrap.settings.SettingKind.DurationRange;
import dev.chatlist.bootstrap.settings.SettingKind.IntRange;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The given values, parsed one by one. A wrong one is noted as a problem and replaced, so that reading goes on. */
final class SettingValues {
    private final Map<Setting, Given> given;
    private final SettingProblems problems;

    /** @param given what is given for each setting */
    SettingValues(Map<Setting, Given> given, SettingProblems problems) {
        this.given = given;
        this.problems = problems;
    }

    void report(Setting setting, String problem) {
        problems.add(given(setting).name() + ": " + problem);
    }

    /** Reports those of the settings that the user has given. */
    void reportUseless(Setting without, Setting... settings) {
        Stream.of(settings)
                .filter(setting -> given(setting).source() != Source.DEFAULT)
                .forEach(setting -> report(setting, "is of no use without " + without));
    }

    /** @throws CommandFailure with all problems, if there is any */
    void requireNoProblem() {
        problems.requireNone();
    }

    int number(Setting setting) {
        return number(setting, (IntRange) setting.kind());
    }

    int number(Setting setting, IntRange range) {
        return parsed(setting, range.min(), range::parse);
    }

    Duration duration(Setting setting) {
        DurationRange range = (DurationRange) setting.kind();
        return parsed(setting, range.min(), range::parse);
    }

    String choice(Setting setting) {
        return parsed(setting, "", ((Choice) setting.kind())::parse);
    }

    boolean isOn(Setting setting) {
        return choice(setting).equals("on");
    }

    boolean isSet(Setting setting) {
        return given(setting).isSet();
    }

    String text(Setting setting) {
        return parsed(setting, "", text -> text);
    }

    @Nullable
    String orNull(Setting setting) {
        return isSet(setting) ? text(setting) : null;
    }

    /** Returns the fallback if the setting is not set, or is wrong and so reported. */
    <T> T parsed(Setting setting, T fallback, Parser<T> parser) {
        if (!isSet(setting)) {
            return fallback;
        }
        String text = given(setting).text();
        try {
            if (text.isBlank()) {
                throw new IllegalArgumentException("must not be blank");
            }
            return parser.parse(text);
        } catch (IOException | IllegalArgumentException e) {
            report(setting, SettingProblems.describe(setting, text, e));
        }
        return fallback;
    }

    private Given given(Setting setting) {
        return requireNonNull(given.get(setting));
    }

    interface Parser<T> {
        T parse(String text) throws IOException;
    }
}
