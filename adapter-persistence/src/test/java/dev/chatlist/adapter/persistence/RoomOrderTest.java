package dev.chatlist.adapter.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.chatlist.adapter.persistence.RoomOrder.Change;
import dev.chatlist.adapter.persistence.RoomOrder.Changes;
import dev.chatlist.adapter.persistence.RoomOrder.Place;
import dev.chatlist.application.RoomVersion;
import dev.chatlist.domain.PageRequest;
import dev.chatlist.domain.RoomId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RoomOrderTest {
    /** Replay a failure with -Dchatlist.seed=… */
    @Test
    void changesMakeOfAnOrderWhatReadingItAnewWould() {
        long seed = Long.getLong("chatlist.seed", System.nanoTime());
        Random random = new Random(seed);
        Map<RoomId, Place> mine = new HashMap<>();
        RoomOrder order = new RoomOrder(List.of(), 0);
        for (int round = 1; round < 500; round++) {
            List<Change> changes = new ArrayList<>();
            int rooms = random.nextInt(5);
            for (int n = 0; n < rooms; n++) {
                RoomId room = new RoomId("r" + random.nextInt(40));
                // Few times, so that many are equal.
                Place place = new Place(new RoomVersion(room, round * 10L + n), random.nextInt(10));
                boolean isMember = random.nextInt(3) > 0;
                changes.removeIf(change -> change.place().room().roomId().equals(room));
                changes.add(new Change(place, isMember));
                mine.remove(room);
                if (isMember) {
                    mine.put(room, place);
                }
            }
            order = order.with(Changes.of(changes, round));
            assertEquals(sorted(mine), order.page(new PageRequest(1, 100)), "seed " + seed + ", round " + round);
            assertEquals(round, order.xmin());
        }
    }

    @Test
    void pagesEndWhereTheOrderDoes() {
        List<Place> places = List.of(place("c", 3), place("b", 2), place("a", 1));
        RoomOrder order = new RoomOrder(places, 1);
        assertEquals(List.of(places.get(2).room()), order.page(new PageRequest(2, 2)));
        assertEquals(List.of(), order.page(new PageRequest(3, 2)));
        assertEquals(List.of(), order.page(new PageRequest(Long.MAX_VALUE, 1000)));
    }

    private static Place place(String room, long lastActivity) {
        return new Place(new RoomVersion(new RoomId(room), 1), lastActivity);
    }

    private static List<RoomVersion> sorted(Map<RoomId, Place> places) {
        return places.values().stream()
                .sorted(Comparator.comparingLong(Place::lastActivity)
                        .thenComparing(place -> place.room().roomId())
                        .reversed())
                .map(Place::room)
                .toList();
    }
}
