package dev.chatlist.benchmarks.sections;

import dev.chatlist.benchmarks.contenders.Contender;
import dev.chatlist.benchmarks.contenders.PostgresJson;
import dev.chatlist.benchmarks.load.HttpConnection;
import dev.chatlist.benchmarks.process.Command;
import dev.chatlist.benchmarks.process.Service;
import dev.chatlist.benchmarks.report.Progress;
import dev.chatlist.benchmarks.report.Table;
import dev.chatlist.benchmarks.report.Target;
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

/** How much heap do all rooms take, compared with their JSON? */
final class Memory {
    private static final int CHUNK = 500;
    private static final int ENVELOPE = "{\"msg\":\"ok\",\"code\":0,\"data\":[]}".length();

    /** The parts of the heap, under whichever name the collector gives them. */
    private static final Pattern USED = Pattern.compile("(?m)^(?!.*(?:Metaspace|class space)).*\\bused (\\d+)([KM])");

    /** For each room on nobody's first page: the user in whose list it comes first, and its position there. */
    private static final String LATER_ROOMS = """
            WITH seen AS (
                SELECT m.user_id, m.room_id, row_number() OVER (
                    PARTITION BY m.user_id ORDER BY a.last_activity DESC, a.room_id DESC) AS position
                FROM memberships m JOIN room_activity a ON a.room_id = m.room_id)
            SELECT user_id, position
            FROM (SELECT DISTINCT ON (room_id) * FROM seen ORDER BY room_id, position) earliest
            WHERE position > 20""";

    static String measure(Bench bench) throws Exception {
        Service chatlist = bench.contenders().service(Contender.CHATLIST);
        // Collects the chats that new messages replaced, so that the cache drops their bytes during the requests.
        heapAfterGc(chatlist);
        List<byte[]> later = laterRooms(bench);
        double first = bench.contenders().requestFirstPages();
        Progress.log("memory: " + later.size() + " rooms are on no first page");
        try (HttpConnection connection = new HttpConnection(chatlist.port())) {
            for (byte[] request : later) {
                connection.request(request);
            }
        }
        double heap = heapAfterGc(chatlist);
        double again = bench.contenders().requestFirstPages();
        Progress.log("memory: measuring the rooms' JSON");
        double json = jsonBytes(bench);
        Table table = new Table("every room requested once", "");
        table.row("heap after a full collection", Table.bytes(heap));
        table.row("JSON of all rooms", Table.bytes(json));
        table.row("heap ÷ JSON", Table.number(heap / json));
        table.row("all first pages, before", Table.number(first) + " s");
        table.row("all first pages, after", Table.number(again) + " s");
        return table + """

                Measured by `jcmd GC.run` and `GC.heap_info`. The last two rows show that the cache still holds the \
                first pages: without them the second run would be slower.

                """ + Target.atMost(0.4, "heap ÷ JSON", heap / json);
    }

    /** Pages of one room: a page of twenty could contain the big room each time. */
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
                Array roomIds = connection.createArrayOf("text", chunk.toArray());
                statement.setArray(1, roomIds);
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
