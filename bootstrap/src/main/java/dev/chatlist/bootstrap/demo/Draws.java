package dev.chatlist.bootstrap.demo;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** Random values, the same sequence for every instance. */
final class Draws {
    private static final List<String> PICTURED =
            List.of("🦊", "🐙", "🦦", "🐧", "🦉", "🐝", "🦔", "🐢", "🦩", "🐳", "🐸", "🐌");

    private final Random random = new Random(1815);

    /** Returns 0 or more, and less than the bound. */
    int below(int bound) {
        return random.nextInt(bound);
    }

    /** Is true with a probability of 1 in {@code draws}. */
    boolean onceIn(int draws) {
        return random.nextInt(draws) == 0;
    }

    /** Returns nanoseconds. */
    long between(Duration least, Duration most) {
        return random.nextLong(least.toNanos(), most.toNanos());
    }

    <T> T oneOf(List<T> choice) {
        return choice.get(random.nextInt(choice.size()));
    }

    String hex(int bytes) {
        byte[] drawn = new byte[bytes];
        random.nextBytes(drawn);
        return HexFormat.of().formatHex(drawn);
    }

    /** Returns the address of a picture. It holds the whole picture, so that no server is needed to see it. */
    String picture() {
        String svg =
                "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'><text x='1' y='7' font-size='6'>%s</text></svg>";
        byte[] picture = svg.formatted(oneOf(PICTURED)).getBytes(StandardCharsets.UTF_8);
        return "data:image/svg+xml;base64," + Base64.getEncoder().encodeToString(picture);
    }

    /** Returns a user name for other networks: the name in ASCII, or a random one if that is too short or too long. */
    String handle(String name) {
        String ascii =
                name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "_").replaceAll("^_|_$", "");
        return ascii.length() < 3 || ascii.length() > 30 ? "user_" + hex(3) : ascii;
    }
}
