package dev.chatlist.benchmarks.load;

import dev.chatlist.benchmarks.process.Service;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A request for the first page of every user, once each, which fills the service's cache.
 *
 * @param meanBytes the mean length of the bodies
 */
public record FirstPages(double seconds, int meanBytes) {
    public static FirstPages request(Service service, Tokens tokens, String... headers)
            throws InterruptedException, ExecutionException {
        long start = System.nanoTime();
        AtomicInteger next = new AtomicInteger();
        AtomicLong bytes = new AtomicLong();
        ExecutorService threads = Executors.newFixedThreadPool(ClosedLoop.CONNECTIONS);
        List<Future<?>> clients = new ArrayList<>();
        for (int i = 0; i < ClosedLoop.CONNECTIONS; i++) {
            clients.add(threads.submit(() -> {
                try (HttpConnection connection = new HttpConnection(service.port())) {
                    List<String> users = tokens.users();
                    for (int user = next.getAndIncrement(); user < users.size(); user = next.getAndIncrement()) {
                        connection.request(HttpConnection.myChats(tokens.of(users.get(user)), 1, 20, headers));
                        bytes.addAndGet(connection.bodyBytes());
                    }
                    return null;
                }
            }));
        }
        threads.shutdown();
        for (Future<?> client : clients) {
            client.get();
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        return new FirstPages(seconds, (int) (bytes.get() / tokens.users().size()));
    }
}
