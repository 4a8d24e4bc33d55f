package dev.chatlist.adapter.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatlist.application.ChatEventService;
import dev.chatlist.application.ChatListService;
import dev.chatlist.application.RecordChatEvents;
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
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongPredicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What was acknowledged before a request starts, the request shows: whoever wrote it, by whatever means, and whichever
 * instance is asked. Writers and readers keep a history of what they did and saw, with times; it is checked afterwards.
 *
 * <p>Each subject (a room's latest message, a room's name, a nick name, a membership) is written by one writer, which
 * gives it the numbers 1, 2, 3, … So a read must have seen the number that had been acknowledged when it started, or a
 * later one that had been begun when it ended.
 *
 * <p>After every other write its writer waits until all readers have looked, so that they do on a busy machine as well.
 * The nick name has all rooms read anew when it changes, which would mend what was missed before; so it changes in the
 * first half only.
 */
class NeverStaleTest {
    private static final int WRITES = 60;

    /** Between a reader's looks: leaves the writers some of the processor, and bounds the history. */
    private static final long LOOK_NANOS = 100_000;

    private static final UserId READER = new UserId("reader");
    private static final UserId WRITER = new UserId("writer");

    /** The reader is in four or seven of them. */
    private static final List<RoomId> ROOMS =
            IntStream.range(0, 7).mapToObj(n -> new RoomId("r" + n)).toList();

    /** Sometimes there are more at once, and one of the instances has to read anew. */
    private static final int MAX_CHANGES = 2;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatWasAcknowledgedShowsInEveryLaterRequest(boolean refreshesAtCommit) throws Exception {
        try (TestSchema schema = new TestSchema()) {
            if (refreshesAtCommit) {
                RefreshAtCommitContractTest.refreshAtCommit(schema);
            }
            History history = play(schema);
            assertTrue(history.reads.size() > WRITES, history.reads.size() + " reads");
            assertEquals(List.of(), history.staleReads());
        }
    }

    /** The proof that the history tells: the same without what the triggers write for readers to know. */
    @ParameterizedTest
    @CsvSource({
        "refresh_rooms, 'version = excluded.version,', ''",
        "refresh_rooms, 'THEN excluded.details_version', 'THEN room_activity.details_version'",
        "refresh_rooms, 'changed_in = excluded.changed_in', 'changed_in = room_activity.changed_in'",
        "messages_changed, 'version = nextval(''room_version''),', ''",
        "messages_changed, 'changed_in = pg_current_xact_id()::text::bigint', 'changed_in = changed_in'",
        "memberships_changed, 'PERFORM note_membership_changes(user_ids, room_ids)', 'NULL'"
    })
    void withoutTheTriggersReadersWouldSeeThePast(String function, String part, String instead) throws Exception {
        try (TestSchema schema = new TestSchema()) {
            String definition = schema.query("SELECT pg_get_functiondef('%s'::regproc)".formatted(function));
            assertTrue(definition.contains(part), definition);
            schema.execute(definition.replace(part, instead));
            assertNotEquals(List.of(), play(schema).staleReads());
        }
    }

    private static History play(TestSchema schema) throws Exception {
        History history = new History();
        ExecutorService threads = Executors.newCachedThreadPool();
        try (Database other = Database.open(schema.settings());
                Connection sql = schema.connect()) {
            RecordChatEvents events = new ChatEventService(schema.database.journal());
            events.record(theBeginning());
            List<Callable<Void>> writers = List.of(
                    () -> write(
                            history, "message in r0", WRITES, number -> events.record(message(ROOMS.get(0), number))),
                    () -> write(history, "name of r1", WRITES, number -> events.record(named(ROOMS.get(1), number))),
                    () -> write(history, "nick name", WRITES / 2, number -> events.record(profile(number))),
                    () -> write(
                            history, "member of r4", WRITES, number -> events.record(toggled(ROOMS.get(4), number))),
                    () -> write(history, "message in r2", WRITES, number -> insertMessage(sql, ROOMS.get(2), number)));
            List<Future<Void>> readers = Stream.of(schema.database, other)
                    .flatMap(database -> Stream.of(
                            new ChatListService(database.directory(1 << 20)),
                            new ChatListService(database.directory(MAX_CHANGES, 1 << 20))))
                    .map(list -> {
                        AtomicInteger looks = history.newReader();
                        return threads.submit(() -> read(history, looks, list));
                    })
                    .toList();
            List<Future<Void>> writing = writers.stream().map(threads::submit).toList();
            for (Future<Void> writer : writing) {
                writer.get();
            }
            history.end();
            for (Future<Void> reader : readers) {
                reader.get();
            }
            return history;
        } finally {
            history.end();
            threads.shutdownNow();
        }
    }

    private static Void write(History history, String subject, int writes, Writing writing) throws Exception {
        for (long number = 1; number <= writes; number++) {
            long start = System.nanoTime();
            writing.write(number);
            history.writes
                    .computeIfAbsent(subject, s -> new ConcurrentLinkedQueue<>())
                    .add(new Write(number, start, System.nanoTime()));
            if (number % 2 == 0) {
                history.awaitLooks();
            }
        }
        return null;
    }

    private static Void read(History history, AtomicInteger looks, ChatListService list) {
        try {
            while (!history.ended) {
                read(history, list);
                looks.incrementAndGet();
                LockSupport.parkNanos(LOOK_NANOS);
            }
            return null;
        } finally {
            history.end();
        }
    }

    private static void read(History history, ChatListService list) {
        long start = System.nanoTime();
        List<Chat> chats;
        try {
            chats = list.listMyChats(READER, new PageRequest(1, 20));
        } catch (StorageUnavailableException e) {
            // The rooms changed too fast; nothing was seen, so nothing old.
            return;
        }
        long end = System.nanoTime();
        history.saw("message in r0", start, end, isNumber(latest(chats, ROOMS.get(0))));
        history.saw("message in r2", start, end, isNumber(latest(chats, ROOMS.get(2))));
        history.saw("name of r1", start, end, isNumber(name(chats, ROOMS.get(1))));
        for (Chat chat : chats) {
            history.saw("nick name", start, end, isNumber(nickName(chat.creator())));
            chat.members().stream()
                    .filter(member -> member.id().equals(WRITER))
                    .forEach(member -> history.saw("nick name", start, end, isNumber(nickName(member))));
        }
        boolean isMember = chats.stream().anyMatch(chat -> chat.room().id().equals(ROOMS.get(4)));
        history.saw("member of r4", start, end, number -> isJoin(number) == isMember);
    }

    private static LongPredicate isNumber(long seen) {
        return number -> number == seen;
    }

    private static long nickName(User user) {
        return Long.parseLong(user.nickName());
    }

    private static long latest(List<Chat> chats, RoomId room) {
        return chat(chats, room).lastActivity();
    }

    private static long name(List<Chat> chats, RoomId room) {
        return Long.parseLong(chat(chats, room).room().name());
    }

    private static Chat chat(List<Chat> chats, RoomId room) {
        return chats.stream()
                .filter(chat -> chat.room().id().equals(room))
                .findFirst()
                .orElseThrow();
    }

    private static List<ChatEvent> theBeginning() {
        List<ChatEvent> events = new ArrayList<>();
        events.add(new UserSaved(User.named(READER, "reader", 1)));
        events.add(profile(0));
        for (RoomId room : ROOMS) {
            events.add(named(room, 0));
            events.add(new MemberJoined(room, WRITER, 1));
            if (!room.equals(ROOMS.get(4))) {
                events.add(new MemberJoined(room, READER, 1));
            }
        }
        return events;
    }

    private static ChatEvent message(RoomId room, long number) {
        return new MessageSaved(Message.text(new MessageId(room + "/" + number), room, WRITER, "", number));
    }

    private static ChatEvent named(RoomId room, long number) {
        return new RoomSaved(Room.group(room, Long.toString(number), WRITER, 0));
    }

    private static ChatEvent profile(long number) {
        return new UserSaved(User.named(WRITER, Long.toString(number), 1));
    }

    /** The reader joins and leaves several rooms at once. */
    private static ChatEvent[] toggled(RoomId room, long number) {
        List<ChatEvent> events = new ArrayList<>();
        for (RoomId one : List.of(room, ROOMS.get(5), ROOMS.get(6))) {
            events.add(isJoin(number) ? new MemberJoined(one, READER, number) : new MemberLeft(one, READER));
        }
        return events.toArray(ChatEvent[]::new);
    }

    /** Each twice: the next write is begun as soon as one is acknowledged, and what a read may show would be both. */
    private static boolean isJoin(long number) {
        return number % 4 == 1 || number % 4 == 2;
    }

    private static void insertMessage(Connection sql, RoomId room, long number) throws Exception {
        try (PreparedStatement insert = sql.prepareStatement(
                "INSERT INTO messages (id, to_room_id, from_uid, created_at) VALUES (?, ?, 'writer', ?)")) {
            insert.setString(1, room + "/" + number);
            insert.setString(2, room.value());
            insert.setLong(3, number);
            insert.executeUpdate();
        }
    }

    private interface Writing {
        void write(long number) throws Exception;
    }

    private record Write(long number, long start, long acknowledged) {}

    /** @param shows whether what was seen is what a certain write left */
    private record Read(String subject, long start, long end, LongPredicate shows) {}

    private static final class History {
        final Map<String, Queue<Write>> writes = new ConcurrentHashMap<>();
        final Queue<Read> reads = new ConcurrentLinkedQueue<>();
        final List<AtomicInteger> looks = new ArrayList<>();
        volatile boolean ended;

        void end() {
            ended = true;
        }

        /** Returns what counts a reader's looks. All readers are there before the first writer is. */
        AtomicInteger newReader() {
            AtomicInteger reader = new AtomicInteger();
            looks.add(reader);
            return reader;
        }

        /** Until every reader has begun and ended a look since the call. */
        void awaitLooks() throws InterruptedException {
            int[] before = looks.stream().mapToInt(AtomicInteger::get).toArray();
            for (int reader = 0; reader < before.length; reader++) {
                while (looks.get(reader).get() < before[reader] + 2 && !ended) {
                    Thread.sleep(1);
                }
            }
        }

        void saw(String subject, long start, long end, LongPredicate shows) {
            reads.add(new Read(subject, start, end, shows));
        }

        List<String> staleReads() {
            return reads.stream()
                    .filter(read -> !isRight(read))
                    .map(Read::subject)
                    .distinct()
                    .toList();
        }

        private boolean isRight(Read read) {
            Collection<Write> all = writes.getOrDefault(read.subject, new ConcurrentLinkedQueue<>());
            long from = all.stream()
                    .filter(write -> write.acknowledged < read.start)
                    .mapToLong(Write::number)
                    .max()
                    .orElse(0);
            long to = all.stream()
                    .filter(write -> write.start < read.end)
                    .mapToLong(Write::number)
                    .max()
                    .orElse(0);
            for (long number = from; number <= to; number++) {
                if (read.shows.test(number)) {
                    return true;
                }
            }
            return false;
        }
    }
}
