package dev.chatlist.benchmarks.load;

import dev.chatlist.benchmarks.process.Service;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** Does something once for every user, over as many connections as the closed loop has. */
public final class EveryUser {
    /** What to do for a user. Several threads call it. */
    public interface Call {
        void of(String user, HttpConnection connection) throws IOException;
    }

    public static void call(Service service, List<String> users, Call call)
            throws InterruptedException, ExecutionException {
        AtomicInteger next = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(ClosedLoop.CONNECTIONS);
        List<Future<?>> clients = new ArrayList<>();
        for (int i = 0; i < ClosedLoop.CONNECTIONS; i++) {
            clients.add(threads.submit(() -> {
                try (HttpConnection connection = new HttpConnection(service.port())) {
                    for (int user = next.getAndIncrement(); user < users.size(); user = next.getAndIncrement()) {
                        call.of(users.get(user), connection);
                    }
                    return null;
                }
            }));
        }
        threads.shutdown();
        for (Future<?> client : clients) {
            client.get();
        }
    }

    private EveryUser() {}
}
