package dev.chatlist.adapter.persistence;

import static dev.chatlist.adapter.persistence.TestSchema.executeIn;
import static dev.chatlist.adapter.persistence.TestSchema.queryIn;
import static java.util.stream.Collectors.toCollection;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatlist.application.ChatDirectory;
import dev.chatlist.application.ChatEventService;
import dev.chatlist.application.ChatListService;
import dev.chatlist.application.StorageUnavailableException;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.ChatEvent.UserSaved;
import dev.chatlist.domain.PageRequest;
import dev.chatlist.domain.User;
import dev.chatlist.domain.UserId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Installed schemas are brought up to date, and releases may overlap while that happens. See ADR 13. */
class MigrationTest {
    private static final Path MIGRATIONS = Path.of("src/main/resources/dev/chatlist/adapter/persistence/migration");
    private static final String TABLES = "V1__tables.sql";
    private static final String DERIVATION = "R__derivation.sql";

    private static final String NEXT_RELEASE = "classpath:dev/chatlist/adapter/persistence/next-release";

    private static final UserId ADA = new UserId("ada");

    private static final String[] DATA = {
        "INSERT INTO users (user_id, nick_name, created_at) VALUES ('ada', 'Ada', 1), ('bob', 'Bob', 2)",
        "INSERT INTO rooms (room_id, creator_id, created_at) VALUES ('r1', 'bob', 10)",
        "INSERT INTO memberships VALUES ('ada', 'r1', 1), ('bob', 'r1', 2)",
        "INSERT INTO messages (id, to_room_id, from_uid, created_at) VALUES ('m1', 'r1', 'bob', 30)"
    };

    @TempDir
    private Path files;

    @Test
    void thereIsOneFileOfTablesAndOneOfDerivation() throws IOException {
        try (Stream<Path> migrations = Files.list(MIGRATIONS)) {
            assertEquals(
                    Set.of(TABLES, DERIVATION),
                    migrations.map(file -> file.getFileName().toString()).collect(toCollection(HashSet::new)));
        }
    }

    @Test
    void eachFunctionIsDefinedOnce() throws Exception {
        List<String> defined = new ArrayList<>();
        Matcher definition = Pattern.compile("(?i)\\bFUNCTION\\s+(\\w+)\\([^)]*\\)\\s+RETURNS")
                .matcher(current(TABLES) + current(DERIVATION));
        while (definition.find()) {
            defined.add(definition.group(1));
        }
        try (TestSchema schema = new TestSchema()) {
            String installed = schema.query("SELECT string_agg(proname, ' ' ORDER BY proname COLLATE \"C\")"
                    + " FROM pg_proc WHERE pronamespace = '%s'::regnamespace".formatted(schema.name));
            assertEquals(installed, String.join(" ", defined.stream().sorted().toList()));
        }
    }

    @Test
    void anOlderSchemaComesToTheSameAsANewOne() throws Exception {
        String older = older();
        String newer = newer();
        String fresh = TestServer.freshSchema();
        migrate(fresh, newer);

        String upgraded = TestServer.freshSchema();
        migrate(upgraded, older);
        executeIn(upgraded, DATA);
        assertNotEquals(catalogue(fresh), catalogue(upgraded));
        migrate(upgraded, newer);
        assertEquals(catalogue(fresh), catalogue(upgraded));

        assertEquals("m1 30", queryIn(upgraded, "SELECT latest_message_id || ' ' || last_activity FROM room_activity"));
        executeIn(
                upgraded, "INSERT INTO messages (id, to_room_id, from_uid, created_at) VALUES ('m2', 'r1', 'bob', 40)");
        assertEquals("m2 40", queryIn(upgraded, "SELECT latest_message_id || ' ' || last_activity FROM room_activity"));
    }

    @Test
    void aDisabledTriggerIsEnabledWhenItsFileChanges() throws Exception {
        String schema = TestServer.freshSchema();
        migrate(schema, older());
        executeIn(schema, "ALTER TABLE messages DISABLE TRIGGER USER");
        migrate(schema, newer());
        String fresh = TestServer.freshSchema();
        migrate(fresh, newer());
        assertEquals(catalogue(fresh), catalogue(schema));
    }

    @Test
    void aFailedMigrationChangesNothing() throws Exception {
        String schema = TestServer.freshSchema();
        migrate(schema, older());
        List<String> before = catalogue(schema);
        String newer = newer();
        Files.writeString(files.resolve("newer").resolve(DERIVATION), "SELECT no_such_function()");
        assertThrows(FlywayException.class, () -> migrate(schema, newer));
        assertEquals(before, catalogue(schema));
    }

    @Test
    void anOlderReleaseRefusesANewerSchemaAndLeavesItAsItIs() throws Exception {
        String older = older();
        String schema = TestServer.freshSchema();
        migrate(schema, newer());
        List<String> before = catalogue(schema);
        assertRefused(schema, "V2__drop_room_renamed.sql", older);
        assertEquals(before, catalogue(schema));
    }

    @Test
    void anOlderReleaseRefusesASchemaWithAnOldVersionThatItNeverHad() throws Exception {
        String schema = TestServer.freshSchema();
        String newer = newer();
        Files.writeString(files.resolve("newer/V1.5__between.sql"), "SELECT 1");
        migrate(schema, newer);
        List<String> before = catalogue(schema);
        String without = release(
                "without",
                TABLES,
                current(TABLES),
                DERIVATION,
                current(DERIVATION) + "-- other\n",
                "V2__drop_room_renamed.sql",
                Files.readString(files.resolve("newer/V2__drop_room_renamed.sql")));
        assertRefused(schema, "V1.5__between.sql", without);
        assertEquals(before, catalogue(schema));
    }

    @Test
    void anOlderReleaseThatStartsDuringAnUpgradeRefusesWhatTheUpgradeHasMade() throws Exception {
        String older = older();
        String newer = newer();
        String fresh = TestServer.freshSchema();
        migrate(fresh, newer);
        String schema = TestServer.freshSchema();
        migrate(schema, older);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try (Connection writer = TestSchema.connect(schema)) {
            writer.setAutoCommit(false);
            try (Statement statement = writer.createStatement()) {
                statement.execute("INSERT INTO users (user_id, created_at) VALUES ('ada', 1)");
                Future<?> upgrade = threads.submit(() -> migrateUnchecked(schema, newer));
                awaitLockWait(schema);
                // Looks at the schema before the upgrade has changed it, and then waits for its end.
                Future<?> start = threads.submit(() -> migrateUnchecked(schema, older));
                assertThrows(TimeoutException.class, () -> start.get(1500, TimeUnit.MILLISECONDS));
                writer.commit();
                upgrade.get(30, TimeUnit.SECONDS);
                ExecutionException e = assertThrows(ExecutionException.class, () -> start.get(30, TimeUnit.SECONDS));
                assertTrue(String.valueOf(e.getMessage()).contains("V2__drop_room_renamed.sql"), e.toString());
            }
            assertEquals(catalogue(fresh), catalogue(schema));
        } finally {
            threads.shutdownNow();
        }
    }

    private static void migrateUnchecked(String schema, String location) {
        try {
            migrate(schema, location);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Waits until a migration of the schema waits for a writer. */
    private static void awaitLockWait(String schema) throws Exception {
        String waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation::regclass::text LIKE '%users'";
        while (queryIn(schema, waiting).equals("0")) {
            Thread.sleep(20);
        }
    }

    private static void assertRefused(String schema, String script, String... locations) {
        StorageUnavailableException e =
                assertThrows(StorageUnavailableException.class, () -> migrate(schema, locations));
        assertEquals(
                "the tables in schema %s are those of a newer release, which has also applied %s; start that release"
                        .formatted(schema, script),
                e.getMessage());
    }

    /** A release may break this promise; then an older one must say so instead of failing in some other way. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "ALTER TABLE rooms DROP COLUMN description",
                "ALTER TABLE messages RENAME COLUMN msg_contents TO contents",
                "ALTER TABLE rooms ALTER COLUMN created_at TYPE text USING 'T' || created_at",
                "ALTER TABLE room_activity RENAME TO room_states",
                "DROP FUNCTION enter_epoch"
            })
    void aSchemaThatThisReleaseCannotReadIsUnavailable(String change) throws Exception {
        try (TestSchema schema = new TestSchema()) {
            schema.execute(DATA);
            for (ChatDirectory directory : directories(schema)) {
                read(new ChatListService(directory));
            }
            assertEquals("ok", schema.database.check());
            schema.execute(change);
            assertThrows(StorageUnavailableException.class, schema.database::check);
            if (!change.startsWith("DROP FUNCTION")) {
                for (ChatDirectory directory : directories(schema)) {
                    assertThrows(StorageUnavailableException.class, () -> read(new ChatListService(directory)));
                }
            }
        }
    }

    @Test
    void aValueThatThisReleaseDoesNotKnowIsUnavailable() throws Exception {
        try (TestSchema schema = new TestSchema()) {
            schema.execute(DATA);
            schema.execute(
                    "ALTER TABLE rooms ALTER COLUMN description DROP NOT NULL", "UPDATE rooms SET description = NULL");
            for (ChatDirectory directory : directories(schema)) {
                assertThrows(StorageUnavailableException.class, () -> read(new ChatListService(directory)));
            }
        }
    }

    private static List<ChatDirectory> directories(TestSchema schema) {
        return List.of(schema.database.directory(), schema.database.directory(1 << 20));
    }

    @Test
    void anOlderReleaseServesWhileANewerOneAddsAPartToProfiles() throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        try (TestSchema schema = new TestSchema()) {
            schema.execute(DATA);
            schema.execute("SET session_replication_role = replica", "INSERT INTO memberships VALUES ('zoe', 'r1', 3)");
            ChatListService list = new ChatListService(schema.database.directory());
            // Often enough for the driver to prepare the statement on the server.
            for (int n = 0; n < 10; n++) {
                assertEquals(members("Ada"), read(list).members());
            }

            CountDownLatch migrated = new CountDownLatch(1);
            CountDownLatch reading = new CountDownLatch(2);
            List<Future<Set<List<User>>>> meanwhile = directories(schema).stream()
                    .map(directory -> readUntil(migrated, reading, schema.database, new ChatListService(directory)))
                    .map(threads::submit)
                    .toList();
            assertTrue(reading.await(10, TimeUnit.SECONDS));
            migrate(schema.name, Migrations.LOCATION, NEXT_RELEASE);
            migrated.countDown();
            for (Future<Set<List<User>>> seen : meanwhile) {
                assertEquals(Set.of(members("Ada")), seen.get(10, TimeUnit.SECONDS));
            }

            schema.execute(
                    "UPDATE users SET new_in_next_release = 'Wrote a program.', nick_name = 'Countess' WHERE user_id = 'ada'");
            assertTrue(schema.query("SELECT profile FROM users WHERE user_id = 'ada'")
                    .endsWith("16:Wrote a program."));
            for (int n = 0; n < 10; n++) {
                assertEquals(members("Countess"), read(list).members());
            }
            new ChatEventService(schema.database.journal()).record(new UserSaved(User.named(ADA, "Ada again", 1)));
            assertEquals(members("Ada again"), read(list).members());
            assertEquals(
                    "Wrote a program.", schema.query("SELECT new_in_next_release FROM users WHERE user_id = 'ada'"));
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void whoeverOnlyReadsRefusesTheTablesOfOtherReleasesAndLeavesThemAsTheyAre() throws Exception {
        String current = release("current", TABLES, current(TABLES), DERIVATION, current(DERIVATION));
        String schema = TestServer.freshSchema();
        migrate(schema, current);
        Migrations.requireApplied(flyway(), schema, current);
        List<String> before = catalogue(schema);
        assertEquals(
                "the tables in schema %s are those of an older release and lack V2__drop_room_renamed.sql; start this release to migrate them"
                        .formatted(schema),
                assertThrows(
                                StorageUnavailableException.class,
                                () -> Migrations.requireApplied(flyway(), schema, newer()))
                        .getMessage());
        assertEquals(before, catalogue(schema));
        migrate(schema, newer());
        assertEquals(
                "the tables in schema %s are those of a newer release, which has also applied V2__drop_room_renamed.sql; start that release"
                        .formatted(schema),
                assertThrows(
                                StorageUnavailableException.class,
                                () -> Migrations.requireApplied(flyway(), schema, current))
                        .getMessage());
    }

    @Test
    void whoeverOnlyReadsMakesNoTables() throws Exception {
        try (TestSchema schema = new TestSchema()) {
            Database.openUnchanged(schema.settings(), Duration.ZERO).close();
            schema.execute("DROP SCHEMA %s CASCADE".formatted(schema.name));
            for (String prepared : List.of("SELECT 1", "CREATE SCHEMA " + schema.name, "CREATE TABLE %s.users ()")) {
                schema.execute(prepared.formatted(schema.name));
                assertEquals(
                        "there are no tables of Chatlist in schema " + schema.name,
                        assertThrows(
                                        StorageUnavailableException.class,
                                        () -> Database.openUnchanged(schema.settings(), Duration.ZERO))
                                .getMessage());
            }
            assertEquals(
                    "1",
                    schema.query("SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace"
                            + " WHERE nspname = '%s'".formatted(schema.name)));
        }
    }

    private static Callable<Set<List<User>>> readUntil(
            CountDownLatch migrated, CountDownLatch reading, Database database, ChatListService list) {
        return () -> {
            Set<List<User>> seen = new HashSet<>();
            seen.add(read(list).members());
            reading.countDown();
            while (migrated.getCount() > 0) {
                assertEquals("ok", database.check());
                seen.add(read(list).members());
            }
            return seen;
        };
    }

    private static Chat read(ChatListService list) {
        return list.listMyChats(ADA, new PageRequest(1, 1)).get(0);
    }

    private static List<User> members(String ada) {
        return List.of(
                User.named(ADA, ada, 1), User.named(new UserId("bob"), "Bob", 2), User.removed(new UserId("zoe")));
    }

    /** As another release might have had it: other functions, another trigger, one that is gone now. */
    private String older() throws IOException {
        String derivation = replaced(current(DERIVATION), "coalesce(latest.created_at, r.created_at, 0)", "0");
        derivation = replaced(
                derivation,
                "FUNCTION rooms_replicated() RETURNS trigger\n    LANGUAGE plpgsql SECURITY DEFINER",
                "FUNCTION rooms_replicated() RETURNS trigger\n    LANGUAGE plpgsql");
        derivation = replaced(
                derivation, "AFTER INSERT OR UPDATE OR DELETE ON memberships", "AFTER INSERT OR DELETE ON memberships");
        derivation = replaced(derivation, "ALTER TABLE rooms ENABLE ALWAYS TRIGGER rooms_truncated;", "");
        return release("older", TABLES, current(TABLES), DERIVATION, derivation + """
                        CREATE OR REPLACE FUNCTION room_renamed() RETURNS trigger
                            LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
                        CREATE OR REPLACE TRIGGER room_renamed AFTER UPDATE OF name ON rooms
                            FOR EACH ROW EXECUTE FUNCTION room_renamed();
                        """);
    }

    private String newer() throws IOException {
        return release(
                "newer", TABLES, current(TABLES), DERIVATION, current(DERIVATION), "V2__drop_room_renamed.sql", """
                        DROP TRIGGER IF EXISTS room_renamed ON rooms;
                        DROP FUNCTION IF EXISTS room_renamed();
                        """);
    }

    private String release(String name, String... namesAndTexts) throws IOException {
        Path directory = Files.createDirectories(files.resolve(name));
        for (int n = 0; n < namesAndTexts.length; n += 2) {
            Files.writeString(directory.resolve(namesAndTexts[n]), namesAndTexts[n + 1]);
        }
        return "filesystem:" + directory;
    }

    private static String current(String migration) throws IOException {
        return Files.readString(MIGRATIONS.resolve(migration));
    }

    private static String replaced(String text, String part, String other) {
        assertTrue(text.contains(part), part);
        return text.replace(part, other);
    }

    private static void migrate(String schema, String... locations) throws SQLException {
        Migrations.migrate(flyway(), schema, locations);
    }

    private static FluentConfiguration flyway() {
        return Flyway.configure().dataSource(TestServer.jdbcUrl(), TestServer.user(), TestServer.password());
    }

    /** All that a schema consists of, without its name. */
    private static List<String> catalogue(String schema) throws SQLException {
        String lines = queryIn(schema, """
                WITH ours AS (SELECT oid FROM pg_namespace WHERE nspname = '%s')
                SELECT string_agg(line, E'\\n---\\n' ORDER BY line COLLATE "C") FROM (
                    SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace IN (TABLE ours)
                    UNION ALL
                    SELECT concat_ws(' ', tgenabled, pg_get_triggerdef(t.oid))
                    FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid
                    WHERE relnamespace IN (TABLE ours) AND NOT tgisinternal
                    UNION ALL
                    SELECT concat_ws(' ', relname, attnum, attname, format_type(atttypid, atttypmod), attnotnull,
                                     attgenerated, pg_get_expr(adbin, adrelid))
                    FROM pg_class c JOIN pg_attribute a ON attrelid = c.oid AND attnum > 0
                    LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
                    WHERE relnamespace IN (TABLE ours) AND relname NOT LIKE 'flyway%%'
                    UNION ALL
                    SELECT pg_get_indexdef(indexrelid) FROM pg_index JOIN pg_class c ON c.oid = indrelid
                    WHERE relnamespace IN (TABLE ours) AND relname NOT LIKE 'flyway%%'
                    UNION ALL
                    SELECT concat_ws(' ', relname, relkind, reloptions) FROM pg_class
                    WHERE relnamespace IN (TABLE ours)
                    UNION ALL
                    SELECT concat_ws(' ', typname, conname, pg_get_constraintdef(o.oid))
                    FROM pg_constraint o LEFT JOIN pg_type t ON t.oid = contypid
                    WHERE connamespace IN (TABLE ours)
                    UNION ALL
                    SELECT concat_ws(' ', typname, format_type(typbasetype, typtypmod), collname)
                    FROM pg_type LEFT JOIN pg_collation c ON c.oid = typcollation
                    WHERE typnamespace IN (TABLE ours) AND typtype = 'd') AS everything (line)""".formatted(schema));
        return List.of(lines.replace(schema, "chatlist").split("\n---\n"));
    }
}
