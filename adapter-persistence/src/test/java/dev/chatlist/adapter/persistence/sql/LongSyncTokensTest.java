package dev.chatlist.adapter.persistence.sql;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatlist.adapter.persistence.sql.Snapshot.Epoch;
import dev.chatlist.adapter.persistence.sql.SyncTokens.Position;
import dev.chatlist.adapter.persistence.sql.SyncTokens.Seen;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.UserId;
import java.util.Base64;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tokens of snapshots with many transactions in progress: a server needs as many connections to have them. */
class LongSyncTokensTest {
    private static final UserId USER = new UserId("ada");
    private static final RoomId ROOM = new RoomId("語".repeat(128));
    private static final long OLDEST = 1L << 40;
    private static final Epoch EPOCH = new Epoch("run", Base64.getEncoder().encodeToString(new byte[32]));

    private final SyncTokens tokens = new SyncTokens(EPOCH);

    @ParameterizedTest
    @CsvSource({"1, 1, true", "200, 3, true", "200, 1000000, true", "201, 3, false", "5000, 1000000, false"})
    void aTokenHoldsItsSnapshotOrOneThatSeesLess(int inProgress, long apart, boolean isWhole) {
        Snapshot seen = snapshot(inProgress, apart);

        assertHolds(
                seen,
                requireNonNull(tokens.read(USER, tokens.state(USER, new Seen(seen, 9))))
                        .snapshot(),
                isWhole);

        Position position = new Position(seen, seen, seen, Long.MAX_VALUE, ROOM);
        Position read = requireNonNull(tokens.read(USER, tokens.cursor(USER, position)));
        assertHolds(seen, requireNonNull(read.since()), isWhole);
        assertHolds(seen, read.begun(), isWhole);
        assertHolds(seen, read.seen(), isWhole);
        assertEquals(Long.MAX_VALUE, read.last());
        assertEquals(ROOM, read.room());
    }

    private static Snapshot snapshot(int inProgress, long apart) {
        List<Long> transactions = LongStream.range(0, inProgress)
                .mapToObj(n -> OLDEST + n * apart)
                .toList();
        return new Snapshot(OLDEST + inProgress * apart, transactions, false, EPOCH);
    }

    private static void assertHolds(Snapshot seen, Snapshot read, boolean isWhole) {
        assertEquals(isWhole, seen.equals(read));
        assertTrue(read.sees(OLDEST - 1), "what came before is not told again");
        seen.inProgress().forEach(transaction -> assertFalse(read.sees(transaction), transaction + " would be missed"));
        assertFalse(read.sees(seen.next()), "what comes later would be missed");
    }
}
