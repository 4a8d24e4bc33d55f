package dev.chatlist.application.contract;

import static java.util.Comparator.comparing;
import static java.util.Comparator.comparingLong;
import static java.util.Objects.requireNonNull;

import dev.chatlist.application.ChatArchive;
import dev.chatlist.application.ChatDirectory;
import dev.chatlist.application.ChatJournal;
import dev.chatlist.application.EventBatch;
import dev.chatlist.application.RoomVersion;
import dev.chatlist.application.StorageUnavailableException;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.ChatEvent;
import dev.chatlist.domain.ChatEvent.MemberJoined;
import dev.chatlist.domain.ChatEvent.MemberLeft;
import dev.chatlist.domain.ChatEvent.MessageSaved;
import dev.chatlist.domain.ChatEvent.RoomSaved;
import dev.chatlist.domain.ChatEvent.UserSaved;
import dev.chatlist.domain.Message;
import dev.chatlist.domain.MessageId;
import dev.chatlist.domain.PageRequest;
import dev.chatlist.domain.Room;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.User;
import dev.chatlist.domain.UserId;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

/**
 * All output ports over a few maps, simple enough to be obviously right. Every recording gives all rooms a new
 * version, which the contract allows.
 */
public final class InMemoryChatStore implements ChatDirectory, ChatJournal, ChatArchive {
    private record Membership(RoomId roomId, UserId userId) {}

    private State state = new State();
    private boolean available = true;

    /** From now on, every call throws {@link StorageUnavailableException}. */
    public synchronized void makeUnavailable() {
        available = false;
    }

    @Override
    public synchronized List<RoomVersion> page(UserId member, PageRequest request) {
        State current = state();
        return current.roomsOf(member)
                .map(current::chat)
                .sorted(comparingLong(Chat::lastActivity)
                        .thenComparing(chat -> chat.room().id())
                        .reversed())
                .skip(request.offset())
                .limit(request.size())
                .map(chat -> new RoomVersion(chat.room().id(), current.version))
                .toList();
    }

    @Override
    public synchronized List<Chat> chats(List<RoomVersion> rooms, long maxBytes) {
        State current = state();
        return rooms.stream()
                .filter(room -> room.version() == current.version && current.rooms.containsKey(room.roomId()))
                .map(room -> current.chat(room.roomId()))
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
        private final long version;

        State() {
            version = 0;
        }

        State(State before) {
            users.putAll(before.users);
            rooms.putAll(before.rooms);
            memberships.putAll(before.memberships);
            messages.putAll(before.messages);
            version = before.version + 1;
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
