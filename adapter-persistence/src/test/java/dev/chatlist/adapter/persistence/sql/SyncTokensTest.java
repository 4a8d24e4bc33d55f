package dev.chatlist.adapter.persistence.sql;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatlist.adapter.persistence.sql.Snapshot.Epoch;
import dev.chatlist.adapter.persistence.sql.SyncTokens.Position;
import dev.chatlist.adapter.persistence.sql.SyncTokens.Seen;
import dev.chatlist.application.sync.Cursor;
import dev.chatlist.application.sync.StateToken;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.UserId;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Every text but the one that was given for this user, in this epoch, for this purpose, is of no use. */
class SyncTokensTest {
    private static final UserId ADA = new UserId("ada");
    private static final Epoch EPOCH = epoch(1);
    private static final SyncTokens TOKENS = new SyncTokens(EPOCH);
    private static final Snapshot SEEN = snapshot("1000000:1000300:1000000,1000250");
    private static final Snapshot LATER = snapshot("1000250:1000400:1000250,1000399");
    private static final String BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    /** One of each kind, with a room id of several bytes a character. */
    private static final List<String> GENUINE = List.of(
            state(SEEN),
            state(snapshot("3:3:")),
            cursor(new Position(null, SEEN, LATER, 1_643_444_624_578_432_887L, new RoomId("ape 🦍"))),
            cursor(new Position(null, SEEN, SEEN, 0, new RoomId("r"))),
            cursor(new Position(SEEN, LATER, LATER, 7, new RoomId("0xAbC"))));

    @Test
    void whatWasGivenIsRead() {
        Random random = new Random(1);
        for (int n = 0; n < 2000; n++) {
            Snapshot since = after(null, random);
            Snapshot begun = after(since, random);
            Position walk = new Position(null, since, begun, random.nextLong() >>> 1, new RoomId("r " + n));
            Position delta = new Position(since, begun, after(begun, random), n, new RoomId("🦍".repeat(1 + n % 128)));
            Seen seen = new Seen(since, random.nextInt(1 << random.nextInt(30)));
            assertEquals(seen, TOKENS.read(ADA, TOKENS.state(ADA, seen)));
            assertEquals(walk, TOKENS.read(ADA, TOKENS.cursor(ADA, walk)));
            assertEquals(delta, TOKENS.read(ADA, TOKENS.cursor(ADA, delta)));
        }
    }

    /** A snapshot that sees what an earlier one sees. */
    private static Snapshot after(@Nullable Snapshot earlier, Random random) {
        long oldest = (earlier == null ? 3 : earlier.oldestUnseen()) + random.nextLong(1L << random.nextInt(1, 40));
        List<Long> inProgress = random.longs(random.nextInt(20), oldest, oldest + 300)
                .sorted()
                .distinct()
                .boxed()
                .toList();
        return new Snapshot(oldest + 300, inProgress, false, EPOCH);
    }

    @Test
    void aTokenWithOneBitFlippedIsOfNoUse() {
        for (String genuine : GENUINE) {
            byte[] bytes = Base64.getUrlDecoder().decode(genuine);
            for (int bit = 0; bit < 8 * bytes.length; bit++) {
                byte[] flipped = bytes.clone();
                flipped[bit / 8] ^= (byte) (1 << bit % 8);
                assertOfNoUse(encoded(flipped));
            }
        }
    }

    /** The other characters that Base64 and JSON know among them, and those that decoders skip or take for others. */
    @Test
    void aTokenWithOneCharacterReplacedIsOfNoUse() {
        String others = BASE64URL + "+/= \t\r\n\0.~,%é😀\uD83D";
        for (String genuine : GENUINE) {
            for (int n = 0; n < genuine.length(); n++) {
                for (int other : others.codePoints().toArray()) {
                    if (genuine.charAt(n) != other) {
                        assertOfNoUse(genuine.substring(0, n) + Character.toString(other) + genuine.substring(n + 1));
                    }
                }
            }
        }
    }

    @Test
    void aPartOfATokenIsOfNoUse() {
        for (String genuine : GENUINE) {
            for (int n = 0; n < genuine.length(); n++) {
                assertOfNoUse(genuine.substring(0, n));
                assertOfNoUse(genuine.substring(n + 1));
                assertOfNoUse(genuine.substring(0, n) + genuine.substring(n + 1));
            }
            byte[] bytes = Base64.getUrlDecoder().decode(genuine);
            for (int n = 0; n < bytes.length; n++) {
                assertOfNoUse(encoded(Arrays.copyOf(bytes, n)));
                assertOfNoUse(encoded(Arrays.copyOfRange(bytes, n + 1, bytes.length)));
            }
        }
    }

    @Test
    void aTokenWithMoreTextIsOfNoUse() {
        for (String genuine : GENUINE) {
            for (int n = 0; n <= genuine.length(); n++) {
                for (char added : (BASE64URL + "= \n\0").toCharArray()) {
                    assertOfNoUse(genuine.substring(0, n) + added + genuine.substring(n));
                }
            }
            assertOfNoUse(genuine + genuine);
            assertOfNoUse(genuine + "==");
            assertOfNoUse(
                    Base64.getEncoder().encodeToString(Base64.getUrlDecoder().decode(genuine)) + "=");
            assertOfNoUse(genuine + "A".repeat(Cursor.MAX_LENGTH - genuine.length()));
        }
    }

    @Test
    void oneTokensPayloadWithAnothersSealIsOfNoUse() {
        for (String one : GENUINE) {
            for (String another : GENUINE) {
                byte[] bytes = Base64.getUrlDecoder().decode(one);
                byte[] other = Base64.getUrlDecoder().decode(another);
                System.arraycopy(other, other.length - 8, bytes, bytes.length - 8, 8);
                assertEquals(one.equals(another), isOfUse(TOKENS, ADA, encoded(bytes)));
            }
        }
    }

    @Test
    void aStateIsNoCursorAndACursorIsNoState() {
        for (String genuine : GENUINE) {
            boolean isState = TOKENS.read(ADA, new StateToken(genuine)) != null;
            assertEquals(!isState, TOKENS.read(ADA, new Cursor(genuine)) != null);
        }
    }

    /** The user's id and the payload are sealed together: no other division of the same bytes is the same token. */
    @Test
    void aTokenOfAnotherUserIsOfNoUse() {
        List<String> others = List.of("Ada", "ada ", "ad", "adaa", "bob", "ada\u0301", "ada\u00a0", "🦍");
        for (String genuine : GENUINE) {
            assertTrue(isOfUse(TOKENS, ADA, genuine));
            for (String other : others) {
                assertFalse(isOfUse(TOKENS, new UserId(other), genuine), other);
            }
        }
    }

    @Test
    void aTokenOfAnotherEpochIsOfNoUse() {
        for (String genuine : GENUINE) {
            for (int n = 2; n < 100; n++) {
                assertFalse(isOfUse(new SyncTokens(epoch(n)), ADA, genuine));
            }
            assertTrue(isOfUse(new SyncTokens(new Epoch("another run", EPOCH.secret())), ADA, genuine));
        }
    }

    @Test
    void arbitraryBytesAreOfNoUse() {
        Random random = new Random(2);
        for (int n = 0; n < 20_000; n++) {
            byte[] bytes = new byte[random.nextInt(60)];
            random.nextBytes(bytes);
            if (bytes.length > 0) {
                bytes[0] = (byte) random.nextInt(4);
            }
            assertOfNoUse(encoded(bytes));
        }
    }

    /** At worst: long ids, and transactions in progress that are far apart. */
    @Test
    void aTokenIsNeverTooLong() {
        Snapshot busy = inProgress(200, 10_000_000);
        Position position = new Position(busy, busy, busy, Long.MAX_VALUE, new RoomId("🦍".repeat(128)));
        Seen seen = new Seen(busy, Integer.MAX_VALUE);
        assertEquals(seen, TOKENS.read(ADA, TOKENS.state(ADA, seen)));
        assertEquals(position, TOKENS.read(ADA, TOKENS.cursor(ADA, position)));
    }

    /** It forgets what was seen after the oldest of them, so that is told again and not missed. */
    @Test
    void aTokenOfASnapshotWithTooManyInProgressSeesLess() {
        Snapshot busy = inProgress(201, 2);
        Snapshot read = requireNonNull(TOKENS.read(ADA, TOKENS.state(ADA, new Seen(busy, 7))))
                .snapshot();
        assertEquals(busy.oldestUnseen(), read.next());
        assertTrue(busy.sees(read));
        assertFalse(read.sees(busy));
    }

    private static Snapshot inProgress(int count, int apart) {
        List<Long> inProgress = LongStream.range(0, count)
                .map(n -> 1_000_000_000_000L + n * apart)
                .boxed()
                .toList();
        return new Snapshot(1_000_000_000_000L + (long) count * apart, inProgress, false, EPOCH);
    }

    private static Snapshot snapshot(String text) {
        return Snapshot.parse(text, false, EPOCH);
    }

    private static Epoch epoch(int n) {
        byte[] secret = new byte[32];
        secret[31] = (byte) n;
        return new Epoch("run", Base64.getMimeEncoder().encodeToString(secret));
    }

    private static String state(Snapshot seen) {
        return TOKENS.state(ADA, new Seen(seen, 1196)).value();
    }

    private static String cursor(Position position) {
        return TOKENS.cursor(ADA, position).value();
    }

    private static String encoded(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static void assertOfNoUse(String text) {
        assertFalse(isOfUse(TOKENS, ADA, text), text);
    }

    private static boolean isOfUse(SyncTokens tokens, UserId user, String text) {
        return tokens.read(user, new Cursor(text)) != null
                || (!text.isEmpty()
                        && text.length() <= StateToken.MAX_LENGTH
                        && tokens.read(user, new StateToken(text)) != null);
    }
}
