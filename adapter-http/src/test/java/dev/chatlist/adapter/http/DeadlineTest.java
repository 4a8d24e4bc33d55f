package dev.chatlist.adapter.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatlist.application.StorageUnavailableException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Every request is answered by its deadline, however long the database takes. */
@Timeout(60)
class DeadlineTest {
    private final CountDownLatch databaseIsBack = new CountDownLatch(1);
    private final ExecutorService clients = Executors.newCachedThreadPool();

    @AfterEach
    void end() {
        databaseIsBack.countDown();
        clients.shutdownNow();
    }

    @Test
    void runningAndQueuedRequestsAre503AtTheirDeadlineAndTheRestIsServedAfterwards() throws Exception {
        AtomicInteger begun = new AtomicInteger();
        try (TestApi api = new TestApi(TestApi.settings(Duration.ofMillis(500), 1 << 26))) {
            api.listMyRoomIds = caller -> {
                begun.incrementAndGet();
                await();
                return List.of();
            };
            List<Future<HttpResponse<String>>> answers = new ArrayList<>();
            long sent = System.nanoTime();
            // Four workers, and eight places in the queue.
            for (int n = 0; n < 12; n++) {
                answers.add(clients.submit(api::myRooms));
            }
            for (Future<HttpResponse<String>> answer : answers) {
                assertEquals(503, answer.get().statusCode());
                assertEquals(Optional.of("1"), answer.get().headers().firstValue("Retry-After"));
                assertTrue(
                        answer.get().body().contains("takes too long"),
                        answer.get().body());
            }
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - sent);
            assertTrue(millis < 2_000, millis + " ms");

            databaseIsBack.countDown();
            assertEquals(200, api.myRooms().statusCode());
            assertTrue(begun.get() <= 5, "answered requests are not worked on: " + begun);
        }
    }

    @Test
    void probesDoNotWaitForRequests() throws Exception {
        try (TestApi api = new TestApi(TestApi.settings(Duration.ofSeconds(20), 1 << 26))) {
            api.listMyRoomIds = caller -> {
                await();
                return List.of();
            };
            List<Future<HttpResponse<String>>> waiting = new ArrayList<>();
            for (int n = 0; n < 12; n++) {
                waiting.add(clients.submit(api::myRooms));
            }
            for (int n = 0; n < 5; n++) {
                assertEquals(200, api.get("/livez").statusCode());
                assertEquals(200, api.get("/readyz").statusCode());
            }
            databaseIsBack.countDown();
            for (Future<HttpResponse<String>> answer : waiting) {
                assertEquals(200, answer.get().statusCode());
            }
        }
    }

    @Test
    void readinessIs503WithinASecondWhileTheDatabaseDoesNotAnswer() throws Exception {
        try (TestApi api = new TestApi()) {
            api.databaseProbe = () -> {
                await();
                return "ok";
            };
            for (int n = 0; n < 3; n++) {
                long sent = System.nanoTime();
                assertEquals(503, api.get("/readyz").statusCode());
                long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - sent);
                assertTrue(millis < 1_500, millis + " ms");
            }
            databaseIsBack.countDown();
            api.databaseProbe = () -> "ok, from a standby";
            assertEquals(
                    "{\"msg\":\"ok, from a standby\",\"code\":0,\"data\":null}",
                    api.get("/readyz").body());
            api.databaseProbe = () -> {
                throw new StorageUnavailableException("expected by this test");
            };
            assertEquals(503, api.get("/readyz").statusCode());
        }
    }

    private void await() {
        try {
            assertTrue(databaseIsBack.await(30, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
