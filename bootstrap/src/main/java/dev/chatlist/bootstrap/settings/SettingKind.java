package dev.chatlist.bootstrap.settings;

import dev.chatlist.adapter.http.HttpSettings;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The kind of value that a setting takes. Each kind but {@link Text} parses its values, and rejects others by an
 * {@link IllegalArgumentException} that says what is allowed.
 */
public sealed interface SettingKind {
    /** On or off. The flag alone means on. */
    Choice SWITCH = new Choice("on|off", List.of("on", "off"));

    /** The name of the value in the help: {@code NUMBER} in {@code --port=NUMBER}. */
    String label();

    /** The allowed values, as the help prints them; empty for a text. */
    String range();

    /** Any text. {@link SettingsReader} checks it further. */
    record Text(String label) implements SettingKind {
        @Override
        public String range() {
            return "";
        }
    }

    /** An integer, both ends of the range included. */
    record IntRange(int min, int max) implements SettingKind {
        private static final Pattern FORMAT = Pattern.compile("[0-9]{1,9}");

        static IntRange of(HttpSettings.Range range) {
            return new IntRange(range.min(), range.max());
        }

        int parse(String text) {
            int number = FORMAT.matcher(text).matches() ? Integer.parseInt(text) : -1;
            if (number < min || number > max) {
                throw new IllegalArgumentException(
                        "must be a number from %s to %s, it is \"%s\"".formatted(min, max, text));
            }
            return number;
        }

        @Override
        public String label() {
            return "NUMBER";
        }

        @Override
        public String range() {
            return min + " to " + max;
        }
    }

    /** A number and a unit, both ends of the range included. */
    record DurationRange(Duration min, Duration max) implements SettingKind {
        private static final Pattern FORMAT = Pattern.compile("([0-9]{1,9})(ms|s|m|h|d)");

        private enum Unit {
            DAY("d", Duration.ofDays(1)),
            HOUR("h", Duration.ofHours(1)),
            MINUTE("m", Duration.ofMinutes(1)),
            SECOND("s", Duration.ofSeconds(1)),
            MILLISECOND("ms", Duration.ofMillis(1));

            final String symbol;
            final Duration length;

            Unit(String symbol, Duration length) {
                this.symbol = symbol;
                this.length = length;
            }
        }

        Duration parse(String text) {
            Duration duration = parseAny(text);
            if (duration.compareTo(min) < 0 || duration.compareTo(max) > 0) {
                throw new IllegalArgumentException(
                        "must be from %s to %s, it is %s".formatted(print(min), print(max), text));
            }
            return duration;
        }

        /** Parses a duration of any length. */
        public static Duration parseAny(String text) {
            Matcher matcher = FORMAT.matcher(text);
            if (!matcher.matches()) {
                throw new IllegalArgumentException(
                        "a duration must be a number and ms, s, m, h or d, such as 500ms or 7d; it is \"%s\""
                                .formatted(text));
            }
            String symbol = matcher.group(2);
            Unit unit = Stream.of(Unit.values())
                    .filter(candidate -> candidate.symbol.equals(symbol))
                    .findFirst()
                    .orElseThrow();
            return unit.length.multipliedBy(Long.parseLong(matcher.group(1)));
        }

        /** Prints whole milliseconds in the largest unit that fits. */
        private static String print(Duration duration) {
            if (duration.isZero()) {
                return "0s";
            }
            Unit unit = Stream.of(Unit.values())
                    .filter(candidate -> duration.toMillis() % candidate.length.toMillis() == 0)
                    .findFirst()
                    .orElseThrow();
            return duration.dividedBy(unit.length) + unit.symbol;
        }

        @Override
        public String label() {
            return "DURATION";
        }

        @Override
        public String range() {
            return print(min) + " to " + print(max);
        }
    }

    /** A number of bytes, KiB, MiB or GiB, or a percentage of this JVM's heap. */
    record MemorySize(int maxPercent) implements SettingKind {
        private static final Pattern FORMAT = Pattern.compile("([0-9]{1,9})([kmg%]?)");

        /**
         * Returns bytes.
         *
         * @param ofThisHeap false if another JVM uses the memory, whose heap may be larger
         */
        long parse(String text, boolean ofThisHeap) {
            Matcher matcher = FORMAT.matcher(text);
            if (!matcher.matches()) {
                throw malformed(text);
            }
            long number = Long.parseLong(matcher.group(1));
            String unit = matcher.group(2);
            long onePercent = Runtime.getRuntime().maxMemory() / 100;
            long bytes = switch (unit) {
                // Any percentage over 100 is rejected below, and 100 can't overflow.
                case "%" -> Math.min(number, 100) * onePercent;
                case "k" -> number << 10;
                case "m" -> number << 20;
                case "g" -> number << 30;
                default -> number;
            };
            long max = maxPercent * onePercent;
            boolean isPercentage = unit.equals("%");
            if (bytes > max && (ofThisHeap || isPercentage)) {
                throw isPercentage ? malformed(text) : tooLarge(text, max);
            }
            return bytes;
        }

        private IllegalArgumentException malformed(String text) {
            return new IllegalArgumentException(
                    "a size must be a number and k, m or g, such as 512m, or at most %s of the heap; it is \"%s\""
                            .formatted(range(), text));
        }

        private IllegalArgumentException tooLarge(String text, long max) {
            return new IllegalArgumentException("must be at most %s of the heap, which is %sm here, it is \"%s\""
                    .formatted(range(), max >> 20, text));
        }

        @Override
        public String label() {
            return "SIZE";
        }

        @Override
        public String range() {
            return maxPercent + "%";
        }
    }

    /** One of a few words, in any case. */
    record Choice(String label, List<String> words) implements SettingKind {
        String parse(String text) {
            String lowerCase = text.toLowerCase(Locale.ROOT);
            if (!words.contains(lowerCase)) {
                throw new IllegalArgumentException("must be one of %s, it is \"%s\"".formatted(words, text));
            }
            return lowerCase;
        }

        @Override
        public String range() {
            int last = words.size() - 1;
            return String.join(", ", words.subList(0, last)) + " or " + words.get(last);
        }
    }
}
