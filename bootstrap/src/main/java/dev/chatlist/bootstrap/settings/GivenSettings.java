package dev.chatlist.bootstrap.settings;

import static java.util.Comparator.comparing;

import dev.chatlist.bootstrap.settings.Given.Source;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import picocli.CommandLine.ParseResult;

/** What the user has given, before it is checked: each setting's value from the highest source that has one. */
public final class GivenSettings {
    /** At most one of each may be set, in the highest source that has any; it replaces those of lower sources. */
    private static final List<List<Setting>> ALTERNATIVES = List.of(
            List.of(Setting.DB_PASSWORD, Setting.DB_PASSWORD_FILE),
            List.of(Setting.JWT_SECRET, Setting.JWT_SECRET_FILE, Setting.JWT_PUBLIC_KEY, Setting.JWKS_URL));

    private final Map<Setting, Given> given = new EnumMap<>(Setting.class);
    private final SettingProblems problems = new SettingProblems();

    /**
     * Collects the values from the command line, the environment and the file that one of them names.
     *
     * @param defaults of this command, instead of a setting's own
     */
    public static GivenSettings of(
            ParseResult commandLine, Map<String, String> environment, Map<Setting, String> defaults) {
        GivenSettings settings = new GivenSettings();
        for (Setting setting : Setting.values()) {
            String byDefault = defaults.getOrDefault(setting, setting.defaultValue());
            settings.add(withoutFile(setting, commandLine, environment, byDefault));
        }
        settings.values()
                .<Collection<Given>>parsed(
                        Setting.CONFIG, List.of(), file -> ConfigFile.read(Path.of(file), settings.problems))
                .forEach(settings::add);
        ALTERNATIVES.forEach(settings::settle);
        return settings;
    }

    private static Given withoutFile(
            Setting setting, ParseResult commandLine, Map<String, String> environment, String byDefault) {
        if (!setting.isSecret() && commandLine.hasMatchedOption(setting.flag())) {
            List<String> texts = commandLine.matchedOption(setting.flag()).stringValues();
            return new Given(setting, Source.FLAG, "flag " + setting.flag(), String.join(",", texts));
        }
        String text = environment.getOrDefault(setting.variable(), "");
        return text.isEmpty()
                ? new Given(setting, Source.DEFAULT, byDefault.isEmpty() ? "not set" : "default", byDefault)
                : new Given(setting, Source.ENVIRONMENT, "variable " + setting.variable(), text);
    }

    private void add(Given candidate) {
        given.merge(candidate.setting(), candidate, BinaryOperator.maxBy(comparing(Given::source)));
    }

    private void settle(List<Setting> alternatives) {
        List<Given> all = alternatives.stream().map(given::get).toList();
        Given highest = Collections.max(all, comparing(Given::source));
        List<String> chosen = all.stream()
                .filter(one -> one.source() == highest.source())
                .map(Given::name)
                .toList();
        if (highest.isSet() && chosen.size() > 1) {
            problems.add("set only one of " + String.join(" and ", chosen));
        }
        all.stream()
                .filter(one -> one.isSet() && one.source() != highest.source())
                .map(one -> new Given(one.setting(), Source.DEFAULT, "replaced by " + highest.place(), ""))
                .forEach(one -> given.put(one.setting(), one));
    }

    /** To be checked. */
    SettingValues values() {
        return new SettingValues(given, problems);
    }

    /** Returns a file for {@link Setting#CONFIG} with all settings in force, each under its source, without secrets. */
    public String print() {
        return ConfigFile.print(given.values());
    }
}
