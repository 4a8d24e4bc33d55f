package dev.chatlist.benchmarks;

import java.io.IOException;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How much heap Chatlist needs to hold every room, compared with the rooms' JSON. */
final class Memory {
    private static final int CHUNK = 500;
    private static final int ENVELOPE = "{\"msg\":\"ok\",\"code\":0,\"data\":[]}".length();

    /** Of the heap's parts, whatever the collector calls them. */
    private static final Pattern USED = Pattern.compile("(?m)^(?!.*(?:Metaspace|class space)).*\\bused (\\d+)([KM])");

    /** For each room that is on nobody's first page, who sees it earliest, and where in his list. */
    private static final String LATER_ROOMS = """
            WITH seen AS (
                SELECT m.user_id, m.room_id, row_number() OVER (
                    PARTITION BY m.user_id ORDER BY a.last_activity DESC, a.room_id DESC) AS position
                FROM memberships m JOIN room_activity a ON a.room_id = m.room_id)
            SELECT user_id, position
            FROM (SELECT DISTINCT ON (room_id) * FROM seen ORDER BY room_id, position) earliest
            WHERE position > 20""";

    static String measure(Bench bench) throws Exception {
        Service chatlist = bench.service(Contender.CHATLIST);
        // Lets go of what was replaced while messages were written; the walk has the cache notice.
        heapAfterGc(chatlist);
        List<byte[]> later = laterRooms(bench);
        double first = bench.walk(chatlist);
        Progress.say("memory: " + later.size() + " rooms are on nobody's first page");
        try (HttpConnection connection = new HttpConnection(chatlist.port())) {
            for (byte[] request : later) {
                connection.ask(request);
            }
        }
        double heap = heapAfterGc(chatlist);
        double again = bench.walk(chatlist);
        Progress.say("memory: how long the rooms' JSON is");
        double json = jsonBytes(bench);
        Table table = new Table("with every room asked for", "");
        table.row("heap in use after a full collection", Table.bytes(heap));
        table.row("JSON of all rooms, end to end", Table.bytes(json));
        table.row("heap, of the JSON", Table.number(heap / json));
        table.row("everybody's first page before that", Table.number(first) + " s");
        table.row("everybody's first page after that", Table.number(again) + " s");
        return table + """

                `jcmd GC.run`, then `GC.heap_info`. The last two rows tell whether the cache still holds what it held: \
                if it had dropped much, the second walk would be the slower one.

                """ + Target.atMost(0.4, "heap, of the rooms' JSON", heap / json);
    }

    /** One by one: a page of twenty might hold the big room, over and over again. */
    private static List<byte[]> laterRooms(Bench bench) throws SQLException {
        List<byte[]> requests = new ArrayList<>();
        try (Connection connection = bench.database().connect();
                PreparedStatement statement = connection.prepareStatement(LATER_ROOMS);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                requests.add(HttpConnection.myChats(bench.tokens().of(rows.getString(1)), rows.getInt(2), 1));
            }
        }
        return requests;
    }

    private static double heapAfterGc(Service service) throws IOException, InterruptedException {
        String jcmd = Command.ofJdk("jcmd");
        String pid = String.valueOf(service.pid());
        Command.run(List.of(jcmd, pid, "GC.run"));
        Matcher used = USED.matcher(Command.run(List.of(jcmd, pid, "GC.heap_info")));
        double bytes = 0;
        while (used.find()) {
            bytes += Long.parseLong(used.group(1)) * (used.group(2).equals("K") ? 1024.0 : 1024.0 * 1024);
        }
        return bytes;
    }

    private static double jsonBytes(Bench bench) throws SQLException {
        String rooms = "SELECT room_id, last_activity, latest_message_id FROM room_activity WHERE room_id = ANY (?)";
        String lengths = "SELECT octet_length(json) FROM (%s) answers (json)".formatted(PostgresJson.statement(rooms));
        List<String> ids = bench.world().roomIds();
        double bytes = 0;
        try (Connection connection = bench.database().connect();
                PreparedStatement statement = connection.prepareStatement(lengths)) {
            for (int from = 0; from < ids.size(); from += CHUNK) {
                List<String> chunk = ids.subList(from, Math.min(ids.size(), from + CHUNK));
                Array asked = connection.createArrayOf("text", chunk.toArray());
                statement.setArray(1, asked);
                try (ResultSet row = statement.executeQuery()) {
                    row.next();
                    bytes += row.getInt(1) - ENVELOPE - (chunk.size() - 1);
                }
            }
        }
        return bytes;
    }

    private Memory() {}
}
