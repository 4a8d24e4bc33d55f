package dev.chatlist.benchmarks.contenders;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.chatlist.benchmarks.load.HttpConnection;
import dev.chatlist.benchmarks.load.Tokens;
import dev.chatlist.benchmarks.process.Service;
import dev.chatlist.benchmarks.report.Progress;
import dev.chatlist.benchmarks.world.World;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Verifies that a contender gives Chatlist's answers, because a faster wrong answer proves nothing. */
final class SameAnswers {
    private static final int USERS = 200;
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * Compares the first pages of random users, and a late page of the heavy user, as JSON trees.
     *
     * @throws IOException if one of them differs or is empty
     */
    static void verify(World world, Tokens tokens, Service chatlist, Service other) throws IOException {
        List<String> users = new ArrayList<>(world.userIds());
        Collections.shuffle(users, new Random(1));
        try (HttpConnection one = new HttpConnection(chatlist.port());
                HttpConnection two = new HttpConnection(other.port())) {
            for (String user : users.subList(0, USERS)) {
                verify(one, two, HttpConnection.myChats(tokens.of(user), 1, 20), user);
            }
            String heavy = world.heavyUser();
            verify(one, two, HttpConnection.myChats(tokens.of(heavy), 17, 7), heavy);
        }
        Progress.log("  gives the same answers");
    }

    private static void verify(HttpConnection one, HttpConnection two, byte[] request, String user) throws IOException {
        JsonNode expected = JSON.readTree(one.fetch(request));
        JsonNode actual = JSON.readTree(two.fetch(request));
        if (!expected.equals(actual) || expected.path("data").isEmpty()) {
            throw new IOException("different answers for %s:%n%s%n%s".formatted(user, expected, actual));
        }
    }

    private SameAnswers() {}
}
