package dev.chatlist.bootstrap.settings;

import static java.util.stream.Collectors.joining;

import dev.chatlist.bootstrap.process.CommandFailure;
import dev.chatlist.bootstrap.settings.SettingKind.Choice;
import dev.chatlist.bootstrap.settings.SettingKind.DurationRange;
import dev.chatlist.bootstrap.settings.SettingKind.IntRange;
import dev.chatlist.bootstrap.settings.SettingKind.Switch;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The given values, parsed one by one. A wrong one is noted as a problem and replaced, so that reading goes on. */
final class SettingValues {
    private final Function<Setting, List<String>> given;
    private final SettingProblems problems = new SettingProblems();

    /** @param given returns the values of a setting, see {@link Setting#given} */
    SettingValues(Function<Setting, List<String>> given) {
        this.given = given;
    }

    void report(Setting setting, String problem) {
        problems.add(setting, problem);
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
        return parsed(setting, false, ((Switch) setting.kind())::parse);
    }

    boolean isSet(Setting setting) {
        return !given.apply(setting).isEmpty();
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
        String text = String.join(",", given.apply(setting));
        try {
            if (text.isBlank()) {
                throw new IllegalArgumentException("must not be blank");
            }
            return parser.parse(text);
        } catch (IOException | IllegalArgumentException e) {
            problems.add(setting, text, e);
        }
        return fallback;
    }

    void requireAtMostOne(Setting... alternatives) {
        List<Setting> set = Stream.of(alternatives).filter(this::isSet).toList();
        if (set.size() > 1) {
            problems.add(
                    "set only one of " + set.stream().map(Setting::toString).collect(joining(" and ")));
        }
    }

    interface Parser<T> {
        T parse(String text) throws IOException;
    }
}
