package dev.chatlist.adapter.persistence.sql;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.toSet;

import dev.chatlist.adapter.persistence.sql.PreparedQuery.Rows;
import dev.chatlist.application.AnswerTooLargeException;
import dev.chatlist.application.RoomVersion;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.ChatHead;
import dev.chatlist.domain.MembersLimit;
import dev.chatlist.domain.Message;
import dev.chatlist.domain.Room;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.User;
import dev.chatlist.domain.UserId;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads chats within a number of bytes. One statement reads the usual page. It leaves out rooms that take far more than
 * their share. If rooms are missing, further statements ask whether they were left out or have changed, and how much all
 * of them take, without reading them.
 */
public final class ChatReader {
    /** A room with at most so many members is read whole, also for an excerpt: then all viewers share what was read. */
    public static final int SMALL_ROOM = ChatQueries.SMALL_ROOM;

    /** How many times its equal share a room may take at first. Rooms of a page differ. */
    private static final int SHARES = 4;

    /** No usual room takes more. */
    private static final long MIN_SHARE = 64 * 1024;

    private final PreparedQuery chats;
    private final PreparedQuery sizes;
    private final PreparedQuery excerpts;
    private final PreparedQuery excerptSizes;

    ChatReader(SchemaConnections connections) {
        chats = connections.prepare("read chats", ChatQueries.selectChats());
        sizes = connections.prepare("read the sizes of chats", ChatQueries.selectSizes());
        excerpts = connections.prepare("read excerpts of chats", ChatQueries.selectExcerpts());
        excerptSizes = connections.prepare("read the sizes of excerpts", ChatQueries.selectExcerptSizes());
    }

    /** A room's creator and members, read when the room was at a version. */
    public record KnownMembers(long version, User creator, List<User> members) {}

    /** For whom chats are read, and how many members of a large room. */
    record Viewer(UserId id, MembersLimit limit) {}

    /** Chats with all members. */
    Read<Chat> read(List<RoomVersion> rooms, Map<RoomId, KnownMembers> known, long maxBytes) {
        return read(new Request(rooms, known, null), maxBytes);
    }

    /** Chats with all members of small rooms, and of large ones those that an excerpt for the viewer may show. */
    Read<Chat> read(List<RoomVersion> rooms, Map<RoomId, KnownMembers> known, Viewer viewer, long maxBytes) {
        return read(new Request(rooms, known, viewer), maxBytes);
    }

    private Read<Chat> read(Request request, long maxBytes) {
        List<RoomVersion> rooms = request.versions;
        long share = Math.max(maxBytes / rooms.size(), MIN_SHARE / SHARES);
        Read<Chat> read = read(request, share < maxBytes / SHARES ? share * SHARES : maxBytes, maxBytes);
        if (read.rows().size() == rooms.size() || maxBytes == Long.MAX_VALUE) {
            return read;
        }
        Set<RoomId> found = read.rows().stream().map(chat -> chat.room().id()).collect(toSet());
        if (sizes(request.without(found)).rooms == 0) {
            // The rest have another version now.
            return read;
        }
        Sizes all = sizes(request);
        if (all.bytes > maxBytes) {
            throw new AnswerTooLargeException(all.bytes);
        }
        return read(request, maxBytes, Long.MAX_VALUE);
    }

    private Sizes sizes(Request request) {
        return (request.viewer == null ? sizes : excerptSizes).ask(Sizes::read, request.parameters());
    }

    /** Stops after this many bytes. */
    private Read<Chat> read(Request request, long maxBytesOfRoom, long maxBytes) {
        return (request.viewer == null ? chats : excerpts)
                .ask(
                        rows -> {
                            List<Chat> read = new ArrayList<>();
                            for (long bytes = 0; bytes <= maxBytes && rows.next(); ) {
                                bytes += request.read(rows, read);
                            }
                            return new Read<>(rows.run(), read);
                        },
                        request.parameters(maxBytesOfRoom));
    }

    /** The requested rooms as the parameters of the statements. */
    private record Request(
            List<RoomVersion> versions,
            Map<RoomId, KnownMembers> known,
            @Nullable Viewer viewer) {
        /** Below every version. */
        private static final long NO_VERSION = -1;

        /** The rest of the requested rooms. */
        Request without(Set<RoomId> rooms) {
            List<RoomVersion> rest = versions.stream()
                    .filter(room -> !rooms.contains(room.roomId()))
                    .toList();
            return new Request(rest, known, viewer);
        }

        /** Those of the statements that read sizes. */
        Object[] parameters() {
            List<Object> parameters = new ArrayList<>(List.of(
                    versions.stream().map(room -> room.roomId().value()).toArray(String[]::new),
                    versions.stream().map(RoomVersion::version).toArray(Long[]::new),
                    versions.stream().map(this::knownAt).toArray(Long[]::new)));
            if (viewer != null) {
                parameters.add((long) viewer.limit.max());
                parameters.add(viewer.id.value());
            }
            return parameters.toArray();
        }

        /** Those of the statements that read chats. */
        Object[] parameters(long maxBytesOfRoom) {
            long tooMany = tooManyMembers(maxBytesOfRoom);
            Stream<Object> limits = Stream.of(tooMany, tooMany, longestText(maxBytesOfRoom));
            return Stream.concat(Stream.of(parameters()), limits.skip(viewer == null ? 0 : 2))
                    .toArray();
        }

        private long knownAt(RoomVersion room) {
            KnownMembers members = known.get(room.roomId());
            return members == null ? NO_VERSION : members.version();
        }

        /** Adds a chat to those that were read, and returns the bytes of its members. */
        long read(Rows row, List<Chat> read) throws SQLException {
            // The caller's own RoomId, so that the cache holds one object.
            RoomId id = versions.get((int) row.number() - 1).roomId();
            int memberCount = (int) row.number();
            Room room = ChatColumns.room(row, id);
            boolean membersAreKnown = row.flag();
            byte[] profiles = row.utf8();
            List<User> creator = ProfileText.users(row.utf8());
            Message latest = ChatColumns.message(row, id);
            if (membersAreKnown) {
                KnownMembers same = requireNonNull(known.get(id));
                read.add(new Chat(room, same.creator(), same.members(), latest));
                return bytes(0, 0);
            }
            List<User> members = ProfileText.users(profiles);
            User found = creatorOf(room, creator.isEmpty() ? members : creator);
            boolean isWhole = viewer == null || memberCount <= SMALL_ROOM;
            int count = isWhole ? members.size() : memberCount;
            read.add(new Chat(new ChatHead(room, found, count, latest), members));
            return bytes(members.size(), profiles == null ? 0 : profiles.length);
        }

        private static User creatorOf(Room room, List<User> candidates) {
            return candidates.stream()
                    .filter(user -> user.id().equals(room.creatorId()))
                    .findFirst()
                    .orElseGet(() -> User.removed(room.creatorId()));
        }
    }

    /** The number of members with which a chat takes more memory than this. */
    static long tooManyMembers(long bytes) {
        return bytes / ChatQueries.BYTES_PER_MEMBER + 1;
    }

    /** The length of a text with which a chat takes about this much memory. */
    static long longestText(long bytes) {
        return bytes / ChatQueries.BYTES_PER_TWO * 2;
    }

    /** The memory that a room's members take. */
    private static long bytes(int members, int profileBytes) {
        return ChatQueries.BYTES_PER_CHAT
                + (long) members * ChatQueries.BYTES_PER_MEMBER
                + (long) profileBytes * ChatQueries.BYTES_PER_TWO / 2;
    }

    /** How many requested rooms there are, and the memory that they take. */
    private record Sizes(long rooms, long bytes) {
        static Sizes read(Rows row) throws SQLException {
            row.next();
            return new Sizes(row.number(), row.number());
        }
    }
}
