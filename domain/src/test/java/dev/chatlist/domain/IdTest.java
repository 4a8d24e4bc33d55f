package dev.chatlist.domain;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Comparator.comparing;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdTest {
    /** One character outside the basic plane: two chars in Java. */
    private static final String FACE = "\uD83D\uDE00";

    private static final List<Comparator<String>> ORDERS =
            List.of(comparing(UserId::new), comparing(RoomId::new), comparing(MessageId::new));

    @Test
    void lengthIsCountedInCodePoints() {
        assertEquals(FACE.repeat(128), new RoomId(FACE.repeat(128)).value());
        assertRejected(FACE.repeat(129), "must have 1 to 128 characters, it has 129");
        assertRejected("", "must have 1 to 128 characters, it has 0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\nb", "\u0001", "\u001F", "\u007F", "\u0080", "\u009F"})
    void controlCharactersAreRejected(String value) {
        assertRejected(value, "must not hold a control character");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\uD83D", "\uDE00", "\uD83Da", "a\uD83D", "\uDE00\uD83D", "\uD83D\uD83D\uDE00"})
    void halfSurrogatePairsAreRejected(String value) {
        assertRejected(value, "must not hold half a surrogate pair");
    }

    @Test
    void allOtherCharactersAreKeptUnchanged() {
        assertEquals(" É\u00A0", new RoomId(" É\u00A0").toString());
        assertNotEquals(new RoomId("é"), new RoomId("É"));
        assertNotEquals(new RoomId("é"), new RoomId("e\u0301"));
    }

    @Test
    void errorsNameAnIdAsTheApiDoes() {
        assertMessageStarts("user_id must", () -> new UserId(""));
        assertMessageStarts("room_id must", () -> new RoomId(""));
        assertMessageStarts("id must", () -> new MessageId(""));
    }

    @Test
    void supplementaryCharactersComeAfterTheBasicPlane() {
        for (Comparator<String> order : ORDERS) {
            assertTrue(order.compare("\uFFFD", FACE) < 0);
            assertTrue("\uFFFD".compareTo(FACE) > 0, "Java orders strings differently");
        }
    }

    @Test
    void idsAreOrderedAsTheirUtf8Bytes() {
        Random random = new Random(1);
        for (int i = 0; i < 2_000; i++) {
            String a = randomId(random);
            String b = randomId(random);
            int expected = Integer.signum(Arrays.compareUnsigned(a.getBytes(UTF_8), b.getBytes(UTF_8)));
            for (Comparator<String> order : ORDERS) {
                assertEquals(expected, Integer.signum(order.compare(a, b)), () -> a + " and " + b);
            }
        }
    }

    /** From few characters, so that ids share prefixes; each stands next to a limit of an encoding's length. */
    private static String randomId(Random random) {
        int[] characters = {'a', 'b', 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFF, 0x10000, 0x10FFFF};
        int[] chosen = random.ints(random.nextInt(1, 5), 0, characters.length)
                .map(i -> characters[i])
                .toArray();
        return new String(chosen, 0, chosen.length);
    }

    private static void assertRejected(String value, String why) {
        assertMessageStarts("room_id " + why, () -> new RoomId(value));
    }

    private static void assertMessageStarts(String start, Runnable construction) {
        Exception e = assertThrows(IllegalArgumentException.class, construction::run);
        assertTrue(String.valueOf(e.getMessage()).startsWith(start), e.getMessage());
    }
}
