package dev.chatlist.bootstrap.settings;

import static java.util.Comparator.comparingInt;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Finds names that look like settings and aren't: a misspelt one would have no effect otherwise. */
public final class UnknownNames {
    /** Of the project's tests, and of Kubernetes for a Service that is named chatlist. */
    private static final Pattern OF_OTHERS =
            Pattern.compile("CHATLIST_(TEST_.*|SERVICE_(HOST|PORT)(_.*)?|PORT_[0-9]+_(TCP|UDP|SCTP)(_.*)?)");

    private static final Pattern SEPARATOR = Pattern.compile("[._]");

    private UnknownNames() {}

    /** One line for each environment variable, in order of name. Never shows a value. */
    public static List<String> warnings(Map<String, String> environment) {
        return environment.keySet().stream()
                .filter(name -> name.startsWith(Setting.PREFIX)
                        && !OF_OTHERS.matcher(name).matches())
                .filter(name -> Stream.of(Setting.values())
                        .noneMatch(setting -> setting.variable().equals(name)))
                .sorted()
                .map(name -> name
                        + " is no setting"
                        + nearest(name)
                                .map(Setting::variable)
                                .map("; did you mean %s?"::formatted)
                                .orElse(""))
                .toList();
    }

    /** Returns the setting whose name is nearly the same, as a flag, a variable or a key, in any case. */
    static Optional<Setting> nearest(String name) {
        String key =
                SEPARATOR.matcher(name).replaceAll("-").toLowerCase(Locale.ROOT).replaceFirst("^(chatlist|-)-", "");
        // A name with more differences is another name rather than a slip.
        int most = key.length() / 3 + 1;
        return Stream.of(Setting.values())
                .min(comparingInt(setting -> distance(key, setting.key())))
                .filter(nearest -> distance(key, nearest.key()) <= most);
    }

    /** The Levenshtein distance: how many letters must be added, removed or replaced. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
