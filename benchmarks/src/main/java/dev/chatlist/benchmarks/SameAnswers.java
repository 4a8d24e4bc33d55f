package dev.chatlist.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Nobody is measured who answers something else. */
final class SameAnswers {
    private static final int USERS = 200;
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Compares first pages of random users, and a late page of the user in most rooms, as trees. */
    static void check(Bench bench, Service chatlist, Service other) throws IOException {
        List<String> users = new ArrayList<>(bench.world().userIds());
        Collections.shuffle(users, new Random(bench.plan().seed()));
        try (HttpConnection one = new HttpConnection(chatlist.port());
                HttpConnection two = new HttpConnection(other.port())) {
            for (String user : users.subList(0, USERS)) {
                check(one, two, HttpConnection.myChats(bench.tokens().of(user), 1, 20), user);
            }
            String heavy = bench.world().heavyUser();
            check(one, two, HttpConnection.myChats(bench.tokens().of(heavy), 17, 7), heavy);
        }
        Progress.say("  gives the same answers");
    }

    private static void check(HttpConnection one, HttpConnection two, byte[] request, String user) throws IOException {
        JsonNode expected = JSON.readTree(one.fetch(request));
        JsonNode found = JSON.readTree(two.fetch(request));
        if (!expected.equals(found) || expected.path("data").isEmpty()) {
            throw new IOException("different answers for %s:%n%s%n%s".formatted(user, expected, found));
        }
    }

    private SameAnswers() {}
}
