package dev.chatlist.application.contract;

import static java.util.Comparator.comparing;
import static java.util.Comparator.comparingLong;
import static java.util.Objects.requireNonNull;

import dev.chatlist.application.ChatArchive;
import dev.chatlist.application.ChatJournal;
import dev.chatlist.application.EventBatch;
import dev.chatlist.application.RoomVersion;
import dev.chatlist.application.StorageUnavailableException;
import dev.chatlist.application.contract.InMemoryTokens.WalkPosition;
import dev.chatlist.application.sync.Cursor;
import dev.chatlist.application.sync.RemovedRoom;
import dev.chatlist.application.sync.StateToken;
import dev.chatlist.application.sync.SyncDirectory;
import dev.chatlist.application.sync.SyncRequest;
import dev.chatlist.application.sync.Synced;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.ChatEvent;
import dev.chatlist.domain.ChatEvent.MemberJoined;
import dev.chatlist.domain.ChatEvent.MemberLeft;
import dev.chatlist.domain.ChatEvent.MessageSaved;
import dev.chatlist.domain.ChatEvent.RoomSaved;
import dev.chatlist.domain.ChatEvent.UserSaved;
import dev.chatlist.domain.MembersLimit;
import dev.chatlist.domain.Message;
import dev.chatlist.domain.MessageId;
import dev.chatlist.domain.PageRequest;
import dev.chatlist.domain.Room;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.User;
import dev.chatlist.domain.UserId;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All output ports over a few maps, simple enough to be obviously right. Every recording has a number, and gives it as
 * the version to each room whose chat it changed.
 */
public final class InMemoryChatStore implements SyncDirectory, ChatJournal, ChatArchive {
    private record Membership(RoomId roomId, UserId userId) {}

    private record Departure(long number, RemovedRoom.Reason reason) {}

    /** A room in page order. */
    record Place(long lastActivity, RoomVersion room) {
        static final Comparator<Place> ORDER = comparingLong(Place::lastActivity)
                .thenComparing(place -> place.room().roomId())
                .reversed();
    }

    private final InMemoryTokens tokens = new InMemoryTokens();
    private State state = new State();
    private boolean available = true;

    /** From now on, every call throws {@link StorageUnavailableException}. */
    public synchronized void makeUnavailable() {
        available = false;
    }

    @Override
    public synchronized List<RoomVersion> page(UserId member, PageRequest request) {
        return numbered(state().listOf(member), request).toList();
    }

    private static Stream<RoomVersion> numbered(List<Place> list, PageRequest request) {
        return list.stream().skip(request.offset()).limit(request.size()).map(Place::room);
    }

    @Override
    public synchronized Synced<RoomVersion> sync(UserId member, SyncRequest request) {
        State now = state();
        if (request instanceof SyncRequest.Numbered numbered) {
            List<Place> list = now.listOf(member);
            List<RoomVersion> page = numbered(list, numbered.page()).toList();
            return new Synced<>(page, List.of(), List.of(), false, null, tokens.state(member, now.number), list.size());
        }
        WalkPosition position = tokens.position(member, request, now.number);
        Synced<RoomVersion> part = position == null ? null : part(now, member, request, position);
        return part == null ? reset(now, member, request) : part;
    }

    private Synced<RoomVersion> reset(State now, UserId member, SyncRequest request) {
        Synced<RoomVersion> first = requireNonNull(
                part(now, member, request, WalkPosition.begin(now.number)), "a first page has no bounds");
        // Not the first part's state: for an empty list that would be the state that was of no use.
        StateToken state = tokens.state(member, now.number);
        return new Synced<>(first.listed(), List.of(), List.of(), true, first.next(), state, first.count());
    }

    /** Null if it would tell of too many rooms beside the listed ones. */
    private @Nullable Synced<RoomVersion> part(State now, UserId member, SyncRequest request, WalkPosition position) {
        List<Place> list = now.listOf(member);
        List<Place> rest = list.stream().filter(position::isAhead).toList();
        List<Place> listed = rest.stream().limit(request.size()).toList();
        List<RoomVersion> moved = list.stream()
                .filter(place -> position.after() != null && place.room().version() > position.seen())
                .map(Place::room)
                .toList();
        List<RemovedRoom> removed = now.departuresOf(member, position.seen());
        if (moved.size() > PageRequest.MAX_SIZE || removed.size() > Synced.MAX_REMOVED) {
            return null;
        }
        Cursor next = rest.size() == listed.size()
                ? null
                : tokens.cursor(member, position.goOn(now.number, listed.get(listed.size() - 1)));
        boolean isNothingNew = request instanceof SyncRequest.Delta && listed.isEmpty() && removed.isEmpty();
        StateToken state = isNothingNew ? ((SyncRequest.Delta) request).since() : tokens.state(member, now.number);
        return new Synced<>(listed.stream().map(Place::room).toList(), moved, removed, false, next, state, list.size());
    }

    @Override
    public synchronized List<Chat> chats(List<RoomVersion> rooms, long maxBytes) {
        State current = state();
        return rooms.stream()
                .filter(room -> Long.valueOf(room.version()).equals(current.versions.get(room.roomId())))
                .map(room -> current.chat(room.roomId()))
                .toList();
    }

    @Override
    public List<Chat> excerpts(UserId viewer, List<RoomVersion> rooms, MembersLimit limit, long maxBytes) {
        return chats(rooms, maxBytes).stream()
                .map(chat -> chat.excerpt(viewer, limit))
                .toList();
    }

    @Override
    public synchronized List<RoomId> roomIds(UserId member, long maxBytes) {
        return state().roomsOf(member).sorted().toList();
    }

    @Override
    public synchronized void record(Iterator<EventBatch> batches) {
        State next = new State(state());
        while (batches.hasNext()) {
            EventBatch batch = batches.next();
            if (batch instanceof EventBatch.Saves saves) {
                next.save(saves);
            } else if (batch instanceof EventBatch.Removals removals) {
                next.remove(removals);
            }
        }
        next.noteChanges(state);
        state = next;
    }

    @Override
    public void readAll(LongConsumer total, Consumer<ChatEvent> events) {
        List<ChatEvent> all = events();
        total.accept(all.size());
        all.forEach(events);
    }

    private synchronized List<ChatEvent> events() {
        return state().events();
    }

    private State state() {
        if (!available) {
            throw new StorageUnavailableException("the store was made unavailable");
        }
        return state;
    }

    private static final class State {
        private final Map<UserId, User> users = new HashMap<>();
        private final Map<RoomId, Room> rooms = new HashMap<>();
        private final Map<Membership, MemberJoined> memberships = new HashMap<>();
        private final Map<MessageId, Message> messages = new HashMap<>();
        private final Map<RoomId, Long> versions = new HashMap<>();
        private final Map<Membership, Departure> departures = new HashMap<>();
        private final long number;

        State() {
            number = 0;
        }

        State(State before) {
            users.putAll(before.users);
            rooms.putAll(before.rooms);
            memberships.putAll(before.memberships);
            messages.putAll(before.messages);
            versions.putAll(before.versions);
            departures.putAll(before.departures);
            number = before.number + 1;
        }

        /** Gives changed rooms this recording's number, and notes who has left. */
        void noteChanges(State before) {
            versions.keySet().retainAll(rooms.keySet());
            for (RoomId id : rooms.keySet()) {
                if (!before.rooms.containsKey(id) || !before.chat(id).equals(chat(id))) {
                    versions.put(id, number);
                }
            }
            for (Membership membership : before.memberships.keySet()) {
                if (!memberships.containsKey(membership)) {
                    boolean isRoomLeft = rooms.containsKey(membership.roomId());
                    departures.put(
                            membership,
                            new Departure(
                                    number, isRoomLeft ? RemovedRoom.Reason.LEFT : RemovedRoom.Reason.ROOM_REMOVED));
                }
            }
        }

        List<Place> listOf(UserId member) {
            return roomsOf(member)
                    .map(id ->
                            new Place(chat(id).lastActivity(), new RoomVersion(id, requireNonNull(versions.get(id)))))
                    .sorted(Place.ORDER)
                    .toList();
        }

        List<RemovedRoom> departuresOf(UserId user, long after) {
            return departures.entrySet().stream()
                    .filter(departure -> departure.getKey().userId().equals(user)
                            && departure.getValue().number > after
                            && !memberships.containsKey(departure.getKey()))
                    .map(departure -> new RemovedRoom(departure.getKey().roomId(), departure.getValue().reason))
                    .sorted(comparing(RemovedRoom::roomId))
                    .toList();
        }

        void save(EventBatch.Saves saves) {
            saves.requirePresumed(users.keySet(), rooms.keySet());
            saves.users().forEach(user -> users.put(user.id(), user));
            saves.rooms().forEach(room -> rooms.put(room.id(), room));
            saves.joins()
                    .forEach(joined ->
                            memberships.putIfAbsent(new Membership(joined.roomId(), joined.userId()), joined));
            saves.messages().forEach(message -> messages.put(message.id(), message));
        }

        void remove(EventBatch.Removals removals) {
            for (MemberLeft left : removals.leaves()) {
                memberships.remove(new Membership(left.roomId(), left.userId()));
            }
            messages.keySet().removeAll(removals.messages());
            rooms.keySet().removeAll(removals.rooms());
            memberships.keySet().removeIf(membership -> !rooms.containsKey(membership.roomId()));
            messages.values().removeIf(message -> !rooms.containsKey(message.toRoomId()));
            removals.users().forEach(id -> users.computeIfPresent(id, (same, user) -> User.removed(id)));
        }

        List<ChatEvent> events() {
            Stream<ChatEvent> saved = Stream.of(
                            users.values().stream().sorted(comparing(User::id)).map(UserSaved::new),
                            rooms.values().stream().sorted(comparing(Room::id)).map(RoomSaved::new),
                            memberships.values().stream()
                                    .sorted(comparing(MemberJoined::roomId)
                                            .thenComparing(MemberJoined::at)
                                            .thenComparing(MemberJoined::userId)),
                            messages.values().stream()
                                    .sorted(comparing(Message::toRoomId).thenComparing(Message.BY_TIME))
                                    .map(MessageSaved::new))
                    .flatMap(part -> part);
            return saved.toList();
        }

        Stream<RoomId> roomsOf(UserId member) {
            return memberships.keySet().stream()
                    .filter(membership -> membership.userId().equals(member))
                    .map(Membership::roomId);
        }

        Chat chat(RoomId id) {
            Room room = requireNonNull(rooms.get(id));
            List<User> members = memberships.values().stream()
                    .filter(joined -> joined.roomId().equals(id))
                    .sorted(comparingLong(MemberJoined::at).thenComparing(MemberJoined::userId))
                    .map(joined -> requireNonNull(users.get(joined.userId())))
                    .toList();
            Optional<Message> latest = messages.values().stream()
                    .filter(message -> message.toRoomId().equals(id))
                    .max(Message.BY_TIME);
            return new Chat(room, requireNonNull(users.get(room.creatorId())), members, latest.orElse(null));
        }
    }
}
