package dev.chatlist.adapter.persistence.sql;

import static java.util.Objects.requireNonNull;

import dev.chatlist.adapter.persistence.sql.PreparedQuery.Rows;
import dev.chatlist.application.AnswerTooLargeException;
import dev.chatlist.application.RoomVersion;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.Message;
import dev.chatlist.domain.Room;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.User;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Reads chats within a number of bytes. One statement reads the usual page. It leaves out rooms that take far more than
 * their share, and then a second statement asks how much all of them take, without reading them.
 */
final class ChatReader {
    /** How many times its equal share a room may take at first. Rooms of a page differ. */
    private static final int SHARES = 4;

    /** No usual room takes more. */
    private static final long MIN_SHARE = 64 * 1024;

    private final PreparedQuery chats;
    private final PreparedQuery sizes;

    ChatReader(SchemaConnections connections) {
        chats = connections.prepare("read chats", ChatQueries.selectChats());
        sizes = connections.prepare("read the sizes of chats", ChatQueries.selectSizes());
    }

    Read<Chat> read(List<RoomVersion> rooms, Map<RoomId, KnownMembers> known, long maxBytes) {
        Request request = new Request(rooms, known);
        long share = Math.max(maxBytes / rooms.size(), MIN_SHARE / SHARES);
        Read<Chat> read = read(request, share < maxBytes / SHARES ? share * SHARES : maxBytes, maxBytes);
        if (read.rows().size() == rooms.size() || maxBytes == Long.MAX_VALUE) {
            return read;
        }
        Sizes all = sizes.ask(Sizes::read, request.rooms());
        if (all.bytes > maxBytes) {
            throw new AnswerTooLargeException(all.bytes);
        }
        // The rest are large, or have another version now.
        return all.rooms == read.rows().size() ? read : read(request, maxBytes, Long.MAX_VALUE);
    }

    /** Stops after this many bytes. */
    private Read<Chat> read(Request request, long maxBytesOfRoom, long maxBytes) {
        return chats.ask(
                rows -> {
                    List<Chat> read = new ArrayList<>();
                    for (long bytes = 0; bytes <= maxBytes && rows.next(); ) {
                        bytes += request.read(rows, read);
                    }
                    return new Read<>(rows.run(), read);
                },
                request.with(ChatQueries.tooManyMembers(maxBytesOfRoom), ChatQueries.longestText(maxBytesOfRoom)));
    }

    /** The requested rooms as the parameters of both statements. */
    private record Request(List<RoomVersion> versions, Map<RoomId, KnownMembers> known) {
        /** Below every version. */
        private static final long NO_VERSION = -1;

        Object[] rooms() {
            return new Object[] {
                versions.stream().map(room -> room.roomId().value()).toArray(String[]::new),
                versions.stream().map(RoomVersion::version).toArray(Long[]::new),
                versions.stream().map(this::knownAt).toArray(Long[]::new)
            };
        }

        private long knownAt(RoomVersion room) {
            KnownMembers members = known.get(room.roomId());
            return members == null ? NO_VERSION : members.version();
        }

        Object[] with(long tooManyMembers, long longestText) {
            Object[] rooms = rooms();
            return new Object[] {rooms[0], rooms[1], rooms[2], tooManyMembers, tooManyMembers, longestText};
        }

        /** Adds a chat to those that were read, and returns the bytes of its members. */
        long read(Rows row, List<Chat> read) throws SQLException {
            // The caller's own RoomId, so that the cache holds one object.
            RoomId id = versions.get((int) row.number() - 1).roomId();
            Room room = ChatColumns.room(row, id);
            boolean membersAreKnown = row.flag();
            byte[] profiles = row.utf8();
            List<User> creator = ProfileText.users(row.utf8());
            Message latest = ChatColumns.message(row, id);
            if (membersAreKnown) {
                KnownMembers same = requireNonNull(known.get(id));
                read.add(new Chat(room, same.creator(), same.members(), latest));
                return ChatQueries.bytes(0, 0);
            }
            List<User> members = ProfileText.users(profiles);
            read.add(new Chat(room, creatorOf(room, creator.isEmpty() ? members : creator), members, latest));
            return ChatQueries.bytes(members.size(), profiles == null ? 0 : profiles.length);
        }

        private static User creatorOf(Room room, List<User> candidates) {
            return candidates.stream()
                    .filter(user -> user.id().equals(room.creatorId()))
                    .findFirst()
                    .orElseGet(() -> User.removed(room.creatorId()));
        }
    }

    /** How many requested rooms there are, and the memory that they take. */
    private record Sizes(long rooms, long bytes) {
        static Sizes read(Rows row) throws SQLException {
            row.next();
            return new Sizes(row.number(), row.number());
        }
    }
}
