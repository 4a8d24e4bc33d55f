package dev.chatlist.adapter.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatlist.adapter.persistence.embedded.FaultyServer;
import dev.chatlist.application.StorageUnavailableException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A read-only standby as the database: how a start on it ends, and what the check says of its age. */
@Tag("faults")
@Timeout(180)
class StandbyTest {
    private static final String UP_TO_DATE = "ok, from a standby that is 0 s behind";

    @Test
    void theCheckSaysHowFarAStandbyIsBehind() throws Exception {
        try (FaultyServer primary = FaultyServer.create()) {
            primary.stop();
            try (FaultyServer standby = primary.copy()) {
                primary.start();
                standby.follow(primary.port());
                standby.start();
                primary.awaitStandby();

                StorageUnavailableException refused = assertThrows(
                        StorageUnavailableException.class, () -> Database.open(standby.settings(standby.port(), 2)));
                assertEquals(
                        "the database is a read-only standby, and its schema chatlist lacks R__derivation.sql,"
                                + " V1__tables.sql; start this release on the primary",
                        refused.getMessage());

                Database.open(primary.settings(primary.port(), 2)).close();
                primary.awaitStandby();
                assertEquals(standby.query("SELECT server_run() || '/standby'"), standby.query("SELECT enter_epoch()"));
                try (Database database = Database.open(standby.settings(standby.port(), 2))) {
                    assertEquals(UP_TO_DATE, database.check());

                    standby.execute("ALTER SYSTEM SET max_standby_streaming_delay = 0", "SELECT pg_reload_conf()");
                    assertAnArchiveIsReadUntilItIsInTheWayOfTheReplay(primary, database);

                    standby.execute("SELECT pg_wal_replay_pause()");
                    primary.execute("INSERT INTO users (user_id, created_at) VALUES ('ada', 1)");
                    standby.await("SELECT pg_last_wal_receive_lsn() > pg_last_wal_replay_lsn()");
                    Thread.sleep(1_100);
                    String paused = database.check();
                    assertTrue(
                            paused.matches("ok, from a standby that is [1-9] s behind, its replay is paused"), paused);

                    standby.execute("SELECT pg_wal_replay_resume()");
                    primary.awaitStandby();
                    assertEquals(UP_TO_DATE, database.check());

                    primary.kill();
                    standby.await("SELECT NOT EXISTS (SELECT FROM pg_stat_wal_receiver)");
                    Thread.sleep(1_100);
                    String alone = database.check();
                    assertTrue(
                            alone.matches(
                                    "ok, from a standby that is [1-9] s behind, it isn't connected to its primary"),
                            alone);

                    standby.promote();
                    assertEquals(standby.query("SELECT server_run()"), standby.query("SELECT enter_epoch()"));
                    assertEquals("ok", database.check());
                }
            }
        }
    }

    private static void assertAnArchiveIsReadUntilItIsInTheWayOfTheReplay(FaultyServer primary, Database database)
            throws Exception {
        primary.execute("INSERT INTO users (user_id, created_at) SELECT n, 1 FROM generate_series(1, 1000) n");
        primary.awaitStandby();
        AtomicInteger read = new AtomicInteger();
        database.archive().readAll(total -> assertEquals(1000, total), event -> read.incrementAndGet());
        assertEquals(1000, read.get());

        StorageUnavailableException ended = assertThrows(
                StorageUnavailableException.class,
                () -> database.archive().readAll(total -> {}, event -> {
                    if (event.toString().contains("id=1,")) {
                        truncate(primary);
                    }
                }));
        assertEquals("can't read everything", ended.getMessage());
    }

    private static void truncate(FaultyServer primary) {
        try {
            primary.execute("TRUNCATE users CASCADE");
            primary.awaitStandby();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
