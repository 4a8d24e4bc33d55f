package dev.chatlist.bootstrap.settings;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;

import dev.chatlist.bootstrap.process.ControlCharacters;
import dev.chatlist.bootstrap.settings.Given.Source;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Pattern;

/**
 * A file of settings in UTF-8 and the syntax of {@link Properties}. What that class would silently drop is a problem here:
 * the first of two values, a single backslash. No message repeats a part of the file that may be a secret.
 */
final class ConfigFile {
    private static final String HEADER = "# The settings in force, each under its source, as a file for --config.\n\n";
    private static final Pattern COMMENT = Pattern.compile("[ \t\f]*([#!]|\\z)");
    private static final String UNESCAPED = "(?<!\\\\)(?:\\\\\\\\)*";
    private static final Pattern CONTINUED = Pattern.compile(UNESCAPED + "\\\\\\z");
    private static final Map<Pattern, String> MISTAKES = Map.of(
            Pattern.compile("\uFFFD"),
            "this isn't UTF-8",
            Pattern.compile(UNESCAPED + "\\\\u(?![0-9a-fA-F]{4})"),
            "\\u must be followed by four hexadecimal digits",
            Pattern.compile(UNESCAPED + "\\\\([^\\\\tnrfu:=#! \t\f\n]|\\z)"),
            "a backslash must be written \\\\",
            Pattern.compile(UNESCAPED + "[ \t\f]\\z"),
            "there is a space at the end; if the value needs it, put a backslash before it");

    private final Path file;
    private final SettingProblems problems;
    private final Map<Setting, Given> given = new EnumMap<>(Setting.class);

    private ConfigFile(Path file, SettingProblems problems) {
        this.file = file;
        this.problems = problems;
    }

    /** Reads the values, notes what is wrong with the file, and warns if others can read a secret in it. */
    static Collection<Given> read(Path path, SettingProblems problems) throws IOException {
        ConfigFile file = new ConfigFile(path, problems);
        String text = new String(SecretFile.readAll(path), UTF_8);
        // Some editors begin a file with a byte order mark.
        file.read(text.replaceFirst("^\uFEFF", "").lines().toList());
        if (file.given.keySet().stream().anyMatch(Setting::isSecret)) {
            SecretFile.warnIfOthersCanRead(path);
        }
        return file.given.values();
    }

    /** Properties doesn't tell the line of an entry, so it gets one entry at a time. */
    private void read(List<String> lines) throws IOException {
        int first = 0;
        for (int end = 1; end <= lines.size(); end++) {
            boolean isComment = COMMENT.matcher(lines.get(first)).lookingAt();
            boolean isContinued =
                    !isComment && CONTINUED.matcher(lines.get(end - 1)).find();
            if (!isComment && (!isContinued || end == lines.size())) {
                readEntry("%s, line %s".formatted(file, first + 1), String.join("\n", lines.subList(first, end)));
            }
            first = isContinued ? first : end;
        }
    }

    private void readEntry(String place, String text) throws IOException {
        List<String> mistakes = MISTAKES.entrySet().stream()
                .filter(mistake -> mistake.getKey().matcher(text).find())
                .map(mistake -> place + ": " + mistake.getValue())
                .toList();
        mistakes.forEach(problems::add);
        if (mistakes.isEmpty()) {
            Properties entry = new Properties();
            entry.load(new StringReader(text));
            entry.forEach((key, value) -> add(place, key.toString(), value.toString()));
        }
    }

    private void add(String place, String key, String text) {
        Optional<Setting> setting = UnknownNames.nearest(key);
        if (key.equals(Setting.CONFIG.key())) {
            problems.add(place + ": config can't be set in a file");
        } else if (setting.isEmpty()) {
            problems.add(place + ": there is no such setting");
        } else if (!setting.get().key().equals(key)) {
            problems.add("%s: there is no such setting; did you mean %s?"
                    .formatted(place, setting.get().key()));
        } else {
            Given before = given.putIfAbsent(setting.get(), new Given(setting.get(), Source.FILE, place, text));
            if (before != null) {
                problems.add("%s: %s is set already, in %s".formatted(place, key, before.place()));
            }
        }
    }

    /**
     * Prints such a file, in which each value stands under its source. Defaults are comments, so that a later release may
     * change them; so are values with a secret, which is left out.
     */
    static String print(Collection<Given> settings) {
        return settings.stream().map(ConfigFile::print).collect(joining("\n", HEADER, ""));
    }

    private static String print(Given given) {
        Setting setting = given.setting();
        String shown = shown(given);
        boolean isComment =
                !shown.equals(given.text()) || given.source() == Source.DEFAULT || setting == Setting.CONFIG;
        return "# %s: %s\n%s%s=%s\n"
                .formatted(setting.key(), escaped(given.place()), isComment ? "#" : "", setting.key(), escaped(shown));
    }

    private static String shown(Given given) {
        if (given.setting().isSecret() && given.isSet()) {
            return "(set, not shown)";
        }
        // The query may hold a key.
        return given.setting() == Setting.JWKS_URL ? given.text().replaceFirst("\\?.*", "?…") : given.text();
    }

    /** Unlike {@link Properties#store}, leaves the colons of URLs as they are. */
    private static String escaped(String text) {
        return ControlCharacters.escaped(
                        text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r"))
                .replaceAll("^ | \\z", "\\\\$0");
    }
}
