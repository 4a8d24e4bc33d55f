package dev.chatlist.benchmarks.load;

import dev.chatlist.benchmarks.process.Service;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A request for the first page of every user, once each, which fills the service's cache.
 *
 * @param meanBytes the mean length of the bodies
 */
public record FirstPages(double seconds, int meanBytes) {
    /** The body of a request for a plain first page. */
    public static final String PLAIN = "{\"page\":1,\"size\":20}";

    /**
     * Requests a page of every user.
     *
     * @param body asks for the page
     */
    public static FirstPages request(Service service, Tokens tokens, String body, String... headers)
            throws InterruptedException, ExecutionException {
        long start = System.nanoTime();
        AtomicLong bytes = new AtomicLong();
        EveryUser.call(service, tokens.users(), (user, connection) -> {
            connection.request(HttpConnection.myChats(tokens.of(user), body, headers));
            bytes.addAndGet(connection.bodyBytes());
        });
        double seconds = (System.nanoTime() - start) / 1e9;
        return new FirstPages(seconds, (int) (bytes.get() / tokens.users().size()));
    }
}
