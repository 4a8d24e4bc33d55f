package dev.chatlist.benchmarks.sections;

import dev.chatlist.adapter.persistence.Database;
import dev.chatlist.adapter.persistence.DatabaseSettings;
import dev.chatlist.application.ChatEventService;
import dev.chatlist.application.RecordChatEvents;
import dev.chatlist.benchmarks.report.Progress;
import dev.chatlist.benchmarks.report.Samples;
import dev.chatlist.benchmarks.report.Table;
import dev.chatlist.benchmarks.report.Target;
import dev.chatlist.benchmarks.world.GrownWorld;
import dev.chatlist.domain.ChatEvent.MemberJoined;
import dev.chatlist.domain.ChatEvent.MemberLeft;
import dev.chatlist.domain.ChatEvent.MessageRemoved;
import dev.chatlist.domain.ChatEvent.MessageSaved;
import dev.chatlist.domain.Message;
import dev.chatlist.domain.MessageId;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.UserId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** What does recording one event cost a backend, compared with the plain statement that writes the same row? */
final class RecordOne {
    private static final List<Integer> USERS = List.of(25_000, 100_000, 400_000);
    private static final int WARM_UP = 500;
    private static final int TURNS = 2_000;
    private static final long TIME = 1_700_000_000_000_000_000L;

    private enum Kind {
        JOIN("a join", "INSERT INTO memberships (user_id, room_id, joined_at) VALUES (?, ?, ?)"),
        MESSAGE(
                "a message",
                "INSERT INTO messages (id, to_room_id, from_uid, msg_type, msg_contents, created_at)"
                        + " VALUES (?, ?, ?, 'text', 'Has anybody a charger?', ?)"),
        MESSAGE_REMOVED("a message removed", "DELETE FROM messages WHERE id = ?"),
        LEAVE("a leave", "DELETE FROM memberships WHERE user_id = ? AND room_id = ?");

        private final String title;
        private final String sql;

        Kind(String title, String sql) {
            this.title = title;
            this.sql = sql;
        }
    }

    static String measure(Bench bench) throws Exception {
        Table table = new Table("one event, users", "plain statement", "through the port", "rate ÷ plain");
        double worst = Double.MAX_VALUE;
        for (int users : USERS) {
            int scaled = Math.max(1_000, (int) (users * (bench.world().scale().users() / 50_000.0)));
            Progress.log("record, %,d users".formatted(scaled));
            worst = Math.min(worst, rows(bench, scaled, table));
        }
        return table
                + """

                Medians of %s events of each kind, interleaved, on one connection each, autocommit on: a prepared \
                statement, and `RecordChatEvents.record` with one event. Tables are analysed and in memory.

                """.formatted(Table.number(TURNS))
                + Target.atLeast(0.7, "a message through the port ÷ plain `INSERT`, the least of the three", worst);
    }

    /** Returns the ratio for messages. */
    private static double rows(Bench bench, int users, Table table) throws SQLException {
        String schema = "record_" + users;
        DatabaseSettings settings = new DatabaseSettings(
                bench.database().jdbcUrl(),
                bench.database().user(),
                bench.database().password(),
                schema,
                1,
                DatabaseSettings.of(bench.database().jdbcUrl(), "", "").connectTimeout(),
                DatabaseSettings.UNLIMITED,
                DatabaseSettings.UNLIMITED);
        try (Connection connection = bench.database().connect();
                Statement statement = connection.createStatement()) {
            statement.execute("DROP SCHEMA IF EXISTS %s CASCADE".formatted(schema));
            try (Database database = Database.open(settings)) {
                statement.execute("SET search_path = " + schema);
                GrownWorld.load(statement, users);
                List<Contest> contests = new ArrayList<>();
                for (Kind kind : Kind.values()) {
                    contests.add(
                            new Contest(kind, connection.prepareStatement(kind.sql), new Samples(), new Samples()));
                }
                take(contests, new ChatEventService(database.journal()), users);
                contests.forEach(contest -> contest.addTo(table, users));
                return contests.stream()
                        .filter(contest -> contest.kind == Kind.MESSAGE)
                        .mapToDouble(Contest::ratio)
                        .sum();
            } finally {
                statement.execute("DROP SCHEMA %s CASCADE".formatted(schema));
            }
        }
    }

    private static void take(List<Contest> contests, RecordChatEvents events, int users) throws SQLException {
        for (int turn = -WARM_UP; turn < TURNS; turn++) {
            for (Contest contest : contests) {
                boolean portFirst = turn % 2 == 0;
                for (boolean isPort : new boolean[] {portFirst, !portFirst}) {
                    Event event = Event.of(turn, isPort, users);
                    long start = System.nanoTime();
                    if (isPort) {
                        event.record(contest.kind, events);
                    } else {
                        event.execute(contest.kind, contest.statement);
                    }
                    double micros = (System.nanoTime() - start) / 1e3;
                    if (turn >= 0) {
                        (isPort ? contest.port : contest.plain).add(micros);
                    }
                }
            }
        }
    }

    /** The times of both ways, in microseconds. */
    private record Contest(Kind kind, PreparedStatement statement, Samples plain, Samples port) {
        double ratio() {
            return plain.median() / port.median();
        }

        void addTo(Table table, int users) {
            table.row(
                    "%s, %s".formatted(kind.title, Table.number(users)),
                    Table.micros(plain.median()),
                    Table.micros(port.median()),
                    Table.number(ratio()));
        }
    }

    /** Somebody who isn't a member of the room, and a message of theirs. */
    private record Event(String user, String room, String message) {
        static Event of(int turn, boolean isPort, int users) {
            int n = Math.floorMod(turn * 7919 + (isPort ? 1 : 0), users);
            return new Event(
                    GrownWorld.user(n),
                    GrownWorld.room(Math.floorMod(n * 31 + 17, GrownWorld.rooms(users))),
                    "written-%d-%b".formatted(turn, isPort));
        }

        void record(Kind kind, RecordChatEvents events) {
            UserId userId = new UserId(user);
            RoomId roomId = new RoomId(room);
            MessageId messageId = new MessageId(message);
            events.record(
                    switch (kind) {
                        case JOIN -> new MemberJoined(roomId, userId, TIME);
                        case MESSAGE ->
                            new MessageSaved(Message.text(messageId, roomId, userId, "Has anybody a charger?", TIME));
                        case MESSAGE_REMOVED -> new MessageRemoved(messageId);
                        case LEAVE -> new MemberLeft(roomId, userId);
                    });
        }

        void execute(Kind kind, PreparedStatement statement) throws SQLException {
            switch (kind) {
                case JOIN -> {
                    statement.setString(1, user);
                    statement.setString(2, room);
                    statement.setLong(3, TIME);
                }
                case MESSAGE -> {
                    statement.setString(1, message);
                    statement.setString(2, room);
                    statement.setString(3, user);
                    statement.setLong(4, TIME);
                }
                case MESSAGE_REMOVED -> statement.setString(1, message);
                case LEAVE -> {
                    statement.setString(1, user);
                    statement.setString(2, room);
                }
            }
            statement.executeUpdate();
        }
    }

    private RecordOne() {}
}
