package dev.chatlist.benchmarks.world;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WorldTest {
    private static final Scale SCALE = Scale.of(0.05);

    @Test
    void theSameSeedGivesTheSameRows() throws IOException {
        assertArrayEquals(rows(1), rows(1));
        assertNotEquals(Arrays.hashCode(rows(1)), Arrays.hashCode(rows(2)));
    }

    @Test
    void sizesMatchTheScale() {
        World world = new World(SCALE, 1);
        int[] sizes = IntStream.range(1, SCALE.rooms())
                .map(room -> world.members(room).length)
                .toArray();

        assertEquals(SCALE.meanMembers(), Arrays.stream(sizes).average().orElseThrow(), 0.5);
        assertTrue(Arrays.stream(sizes).max().orElseThrow() > 100, "a long tail");
        assertEquals(SCALE.bigRoomMembers(), world.members(0).length);
        assertEquals(
                SCALE.messages(),
                IntStream.range(0, SCALE.rooms()).map(world::messages).sum(),
                SCALE.messages() / 100.0);
    }

    @Test
    void everyMemberIsInARoomOnce() {
        World world = new World(SCALE, 1);
        for (int room = 0; room < SCALE.rooms(); room++) {
            int[] members = world.members(room);
            assertEquals(members.length, Arrays.stream(members).distinct().count());
        }
    }

    @Test
    void theLargeInboxHas50000RoomsAndOneOf158000Members() {
        assertEquals(
                new Scale(160_000, 100_000, 12, 500_000, 50_000, 158_000),
                Scale.of(1).ofLargeInbox());
    }

    private static byte[] rows(long seed) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Rows rows = new Rows(new World(SCALE, seed), seed, out);
        rows.users();
        rows.rooms();
        rows.memberships();
        rows.messages();
        rows.flush();
        return out.toByteArray();
    }
}
