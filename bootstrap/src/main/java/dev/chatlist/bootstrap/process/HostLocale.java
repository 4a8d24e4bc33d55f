package dev.chatlist.bootstrap.process;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TimeZone;
import java.util.stream.Stream;

/** The locale and time zone that the process was started in, as far as they must not matter. */
public final class HostLocale {
    private static final char UNREADABLE = '\uFFFD';

    private HostLocale() {}

    /**
     * Makes them not matter, except for the times in logs. Numbers for machines must have ASCII digits. PostgreSQL's
     * driver names the JVM's time zone to the server, which refuses the connection if it doesn't know it.
     */
    public static void neutralize() {
        System.setProperty("chatlist.zone", ZoneId.systemDefault().getId());
        TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
        Locale.setDefault(Locale.ROOT);
    }

    /**
     * Checks that Java could read the arguments and our variables. In a locale with another character set it replaces
     * what it can't read, and an id or secret would be another one.
     *
     * @throws CommandFailure if it couldn't
     */
    public static void requireReadable(List<String> arguments, Map<String, String> environment, String prefix) {
        Charset charset = Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));
        boolean isAscii = charset.equals(US_ASCII);
        if (arguments.stream().anyMatch(HostLocale::isUnreadable)
                || (isAscii && hasMoreThanAscii(Path.of("/proc/self/cmdline"), ""))) {
            throw unreadable("an argument", charset);
        }
        environment.forEach((name, value) -> {
            if (name.startsWith(prefix) && isUnreadable(value)) {
                throw unreadable(name, charset);
            }
        });
        if (isAscii && hasMoreThanAscii(Path.of("/proc/self/environ"), prefix)) {
            throw unreadable("a variable " + prefix + "…", charset);
        }
    }

    private static boolean isUnreadable(String text) {
        return text.indexOf(UNREADABLE) >= 0;
    }

    /** Whether one of the file's texts, with zeros between them, begins so and has a byte that isn't ASCII. */
    private static boolean hasMoreThanAscii(Path file, String prefix) {
        try {
            String texts = new String(Files.readAllBytes(file), ISO_8859_1);
            return Stream.of(texts.split("\0", -1))
                    .filter(text -> text.startsWith(prefix))
                    .anyMatch(text -> text.chars().anyMatch(c -> c > 0x7f));
        } catch (IOException e) {
            // Without it, a replaced character is all that tells.
            return false;
        }
    }

    private static CommandFailure unreadable(String what, Charset charset) {
        return CommandFailure.badUsage(
                List.of("%s has characters that this locale's character set, %s, doesn't have: set LC_ALL=C.UTF-8"
                        .formatted(what, charset)));
    }
}
