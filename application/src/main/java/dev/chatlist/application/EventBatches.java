package dev.chatlist.application;

import static java.util.Objects.requireNonNull;

import dev.chatlist.domain.ChatEvent;
import dev.chatlist.domain.ChatEvent.MemberJoined;
import dev.chatlist.domain.ChatEvent.MemberLeft;
import dev.chatlist.domain.ChatEvent.MessageRemoved;
import dev.chatlist.domain.ChatEvent.MessageSaved;
import dev.chatlist.domain.ChatEvent.Removal;
import dev.chatlist.domain.ChatEvent.RoomRemoved;
import dev.chatlist.domain.ChatEvent.RoomSaved;
import dev.chatlist.domain.ChatEvent.Save;
import dev.chatlist.domain.ChatEvent.UserRemoved;
import dev.chatlist.domain.ChatEvent.UserSaved;
import dev.chatlist.domain.Message;
import dev.chatlist.domain.MessageId;
import dev.chatlist.domain.Room;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.TextLimit;
import dev.chatlist.domain.User;
import dev.chatlist.domain.UserId;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a sequence of events into batches with the same effect.
 *
 * <p>The order of saves doesn't matter if only the last save of each id is taken (of joins, the first), and if each
 * reference is to an earlier save or a presumed user or room. The order of removals doesn't matter either. The order of
 * a save and a removal does. So a batch ends where saves and removals alternate, or when it is full: of events, or of
 * bytes, because a batch is in memory as a whole. A million events in a usual order become a few hundred sets.
 *
 * <p>When the source fails, the events before the failure still make a batch; the failure follows it. So the first of
 * two errors is the one that is reported.
 */
final class EventBatches implements Iterator<EventBatch> {
    static final int MAX_EVENTS = 10_000;

    /** A full batch may be longer by its last event. */
    private static final long FULL_BYTES = 8L * 1024 * 1024;

    private final Iterator<? extends ChatEvent> source;
    private final TextLimit limit;
    private @Nullable ChatEvent ahead;
    private long bytesAhead;
    private @Nullable RuntimeException failure;
    private long eventsRead;

    EventBatches(Iterator<? extends ChatEvent> source, TextLimit limit) {
        this.source = source;
        this.limit = limit;
        readAhead();
    }

    long eventsRead() {
        return eventsRead;
    }

    @Override
    public boolean hasNext() {
        return ahead != null || failure != null;
    }

    @Override
    public EventBatch next() {
        if (ahead == null) {
            throw failure != null ? failure : new NoSuchElementException();
        }
        return ahead instanceof Save ? nextSaves() : nextRemovals();
    }

    private EventBatch nextSaves() {
        Map<UserId, User> users = new LinkedHashMap<>();
        Map<RoomId, Room> rooms = new LinkedHashMap<>();
        Map<Membership, MemberJoined> joins = new LinkedHashMap<>();
        Map<MessageId, Message> messages = new LinkedHashMap<>();
        Map<UserId, Long> presumedUsers = new HashMap<>();
        Map<RoomId, Long> presumedRooms = new HashMap<>();
        ChatEvent event = ahead;
        long bytes = 0;
        for (int n = 0; n < MAX_EVENTS && bytes < FULL_BYTES && event instanceof Save; n++, event = readAhead()) {
            bytes += bytesAhead;
            long index = eventsRead - 1;
            if (event instanceof UserSaved saved) {
                users.put(saved.user().id(), saved.user());
            } else if (event instanceof RoomSaved saved) {
                presume(saved.room().creatorId(), users, presumedUsers, index);
                rooms.put(saved.room().id(), saved.room());
            } else if (event instanceof MemberJoined joined) {
                presume(joined.roomId(), rooms, presumedRooms, index);
                presume(joined.userId(), users, presumedUsers, index);
                joins.putIfAbsent(new Membership(joined.roomId(), joined.userId()), joined);
            } else if (event instanceof MessageSaved saved) {
                presume(saved.message().toRoomId(), rooms, presumedRooms, index);
                messages.put(saved.message().id(), saved.message());
            }
        }
        return new EventBatch.Saves(
                List.copyOf(users.values()),
                List.copyOf(rooms.values()),
                List.copyOf(joins.values()),
                List.copyOf(messages.values()),
                presumedUsers,
                presumedRooms);
    }

    private EventBatch nextRemovals() {
        Set<MemberLeft> leaves = new LinkedHashSet<>();
        Set<MessageId> messages = new LinkedHashSet<>();
        Set<RoomId> rooms = new LinkedHashSet<>();
        Set<UserId> users = new LinkedHashSet<>();
        ChatEvent event = ahead;
        for (int n = 0; n < MAX_EVENTS && event instanceof Removal; n++, event = readAhead()) {
            if (event instanceof MemberLeft left) {
                leaves.add(left);
            } else if (event instanceof MessageRemoved removed) {
                messages.add(removed.id());
            } else if (event instanceof RoomRemoved removed) {
                rooms.add(removed.id());
            } else if (event instanceof UserRemoved removed) {
                users.add(removed.id());
            }
        }
        return new EventBatch.Removals(
                List.copyOf(leaves), List.copyOf(messages), List.copyOf(rooms), List.copyOf(users));
    }

    private static <I> void presume(I id, Map<I, ?> saved, Map<I, Long> presumed, long index) {
        if (!saved.containsKey(id)) {
            presumed.putIfAbsent(id, index);
        }
    }

    private @Nullable ChatEvent readAhead() {
        ahead = null;
        try {
            if (failure == null && source.hasNext()) {
                ChatEvent event = requireNonNull(source.next(), "event");
                bytesAhead = bytesOf(event);
                ahead = event;
                eventsRead++;
            }
        } catch (RuntimeException e) {
            failure = e;
        }
        return ahead;
    }

    private long bytesOf(ChatEvent event) {
        try {
            return limit.check(event);
        } catch (IllegalArgumentException e) {
            throw new RejectedEventException(eventsRead, String.valueOf(e.getMessage()));
        }
    }

    private record Membership(RoomId roomId, UserId userId) {}
}
