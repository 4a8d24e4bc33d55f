package dev.chatlist.bootstrap;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.chatlist.application.ChatArchive;
import dev.chatlist.application.ChatEventService;
import dev.chatlist.application.ChatListService;
import dev.chatlist.application.StorageUnavailableException;
import dev.chatlist.application.contract.InMemoryChatStore;
import dev.chatlist.bootstrap.demo.DemoWorld;
import dev.chatlist.bootstrap.process.CommandFailure;
import dev.chatlist.bootstrap.process.StopSignal;
import dev.chatlist.domain.ChatEvent;
import dev.chatlist.domain.ChatEvent.MemberJoined;
import dev.chatlist.domain.ChatEvent.UserSaved;
import dev.chatlist.domain.PageRequest;
import dev.chatlist.domain.TextLimit;
import dev.chatlist.domain.User;
import dev.chatlist.domain.User.SocialAccount;
import dev.chatlist.domain.UserId;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class EventExportTest {
    private static final String ADA =
            "{\"type\":\"user\",\"user_id\":\"ada\",\"nick_name\":\"Ada\",\"created_at\":1}\n";
    private static final int MEBIBYTE = 1 << 20;

    @TempDir
    Path directory = Path.of("");

    private final InMemoryChatStore store = new InMemoryChatStore();
    private final ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    private final StringWriter err = new StringWriter();
    private final StopSignal stop = new StopSignal();

    @BeforeEach
    void fill() {
        record(store, new UserSaved(User.named(new UserId("ada"), "Ada", 1)));
    }

    private static void record(InMemoryChatStore store, ChatEvent... events) {
        new ChatEventService(store).record(events);
    }

    @Test
    void aFileHoldsEverythingAndOnlyItsOwnerCanReadIt() throws IOException {
        Path file = directory.resolve("all.ndjson");
        run(file.toString());
        assertEquals(ADA, Files.readString(file));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        assertEquals(List.of("all.ndjson"), files());
        assertTrue(err.toString().matches(file + ": 1 event in [0-9.]+ s, [0-9,]+ a second\\R"), err.toString());
    }

    @Test
    void aFileIsPackedByItsNameWithoutTheTime() throws IOException {
        Path file = directory.resolve("all.ndjson.gz");
        run(file.toString());
        byte[] packed = Files.readAllBytes(file);
        assertEquals(ADA, unpacked(packed));
        assertArrayEquals(new byte[4], Arrays.copyOfRange(packed, 4, 8), "the time in the header");
    }

    private static String unpacked(byte[] gzip) throws IOException {
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(gzip))) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    @Test
    void standardOutputGetsTheEventsAlone() {
        run("-");
        assertEquals(ADA, stdout.toString(UTF_8));
        assertTrue(err.toString().startsWith("standard output: 1 event in "), err.toString());
    }

    @Test
    void anImportOfAnExportGivesTheSameListsAndTheSameExport() throws IOException {
        InMemoryChatStore demo = new InMemoryChatStore();
        new ChatEventService(demo).record(DemoWorld.events(Instant.parse("2026-01-02T03:04:05.678Z")));
        String first = directory.resolve("first.gz").toString();
        run(first, demo);

        InMemoryChatStore rebuilt = new InMemoryChatStore();
        PrintWriter out = new PrintWriter(new StringWriter());
        new EventImport(
                        new ChatEventService(rebuilt),
                        EventImportTest.read(),
                        InputStream.nullInputStream(),
                        new EventProgress(out, out, false),
                        Optional::empty)
                .run(List.of(first));
        String second = directory.resolve("second.gz").toString();
        run(second, rebuilt);

        assertArrayEquals(Files.readAllBytes(Path.of(first)), Files.readAllBytes(Path.of(second)));
        ChatListService lists = new ChatListService(demo);
        PageRequest all = new PageRequest(1, PageRequest.MAX_SIZE);
        assertTrue(lists.listMyChats(DemoWorld.ADA, all).size() > 60);
        for (UserId user : members(demo)) {
            assertEquals(lists.listMyChats(user, all), new ChatListService(rebuilt).listMyChats(user, all));
        }
    }

    private static List<UserId> members(ChatArchive archive) {
        Stream.Builder<UserId> members = Stream.builder();
        archive.readAll(total -> {}, event -> {
            if (event instanceof MemberJoined joined) {
                members.add(joined.userId());
            }
        });
        return members.build().distinct().toList();
    }

    @Test
    void progressIsAShareOfTheWhole() {
        PrintWriter writer = new PrintWriter(err, true);
        EventProgress progress = new EventProgress(writer, writer, true);
        ChatArchive slow = (total, events) -> {
            total.accept(4);
            User ada = User.named(new UserId("ada"), "Ada", 1);
            Stream.generate(() -> new UserSaved(ada))
                    .limit(4)
                    .peek(event -> waitUntilTheBarIsDue())
                    .forEach(events);
        };
        new EventExport(slow, EventImportTest.read(), new PrintWriter(stdout, true, UTF_8), progress, Optional::empty)
                .run("-");
        assertTrue(err.toString().contains("[###############---------------] 50 %, 2 events"), err.toString());
    }

    /** The bar is printed ten times a second. */
    private static void waitUntilTheBarIsDue() {
        long due = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(110);
        while (System.nanoTime() < due) {
            Thread.onSpinWait();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"old", "link"})
    void anOldFileIsReplacedByAWholeOne(String name) throws IOException {
        Path old = Files.writeString(directory.resolve("old"), "an old backup");
        Files.createSymbolicLink(directory.resolve("link"), Path.of("old"));
        run(directory.resolve(name).toString());
        assertEquals(ADA, Files.readString(old));
        assertTrue(Files.isSymbolicLink(directory.resolve("link")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"old", "new"})
    void aFailureLeavesAnOldFileAndNothingNew(String name) throws IOException {
        Path old = Files.writeString(directory.resolve("old"), "an old backup");
        ChatArchive broken = (total, events) -> {
            store.readAll(total, events);
            throw new StorageUnavailableException("can't read everything");
        };
        CommandFailure failure = failure(directory.resolve(name).toString(), broken);
        assertEquals(
                directory.resolve(name) + ": can't read everything (the export is incomplete)", failure.getMessage());
        assertEquals(1, failure.exitCode());
        assertEquals("an old backup", Files.readString(old));
        assertEquals(List.of("old"), files());
    }

    @Test
    void aRowThatNoEventCanExpressIsNamed() throws IOException {
        ChatArchive broken = (total, events) -> {
            throw new IllegalStateException("no event can express the row of users with user_id ada: why");
        };
        String file = directory.resolve("all").toString();
        assertEquals(
                file + ": no event can express the row of users with user_id ada: why (the export is incomplete)",
                failure(file, broken).getMessage());
        assertEquals(List.of(), files());
    }

    @Test
    void aStopLeavesNothing() throws IOException {
        stop.request();
        String file = directory.resolve("all").toString();
        assertEquals(
                file + ": stopped (the export is incomplete)",
                failure(file, store).getMessage());
        assertEquals(List.of(), files());
    }

    @Test
    void aStopEndsAWriteToAPipeThatNobodyReads() throws Exception {
        Pipe pipe = Pipe.open();
        // More than a pipe holds.
        User ada = User.named(new UserId("ada"), "x".repeat(MEBIBYTE), 1);
        ChatArchive archive = (total, events) -> events.accept(new UserSaved(ada));
        PrintWriter out = new PrintWriter(Channels.newOutputStream(pipe.sink()), true, UTF_8);
        FutureTask<CommandFailure> run = new FutureTask<>(() -> assertThrows(
                CommandFailure.class,
                () -> stop.interrupting(() -> export(archive, out).run("-"))));
        Thread thread = new Thread(run, "export");
        thread.start();
        while (Stream.of(thread.getStackTrace())
                .noneMatch(frame -> frame.getMethodName().equals("write0"))) {
            assertFalse(run.isDone(), "it hasn't waited");
        }
        stop.request();
        assertEquals(
                "standard output: stopped (the export is incomplete)",
                run.get(30, TimeUnit.SECONDS).getMessage());
    }

    @Test
    void aFullDeviceIsNamedAndStaysADevice() {
        assertEquals(
                "/dev/full: No space left on device (the export is incomplete)",
                failure("/dev/full", store).getMessage());
        assertTrue(Files.exists(Path.of("/dev/full")) && !Files.isRegularFile(Path.of("/dev/full")));
    }

    @Test
    void standardOutputThatCannotBeWrittenEndsTheExport() {
        OutputStream closed = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        };
        ChatArchive endless = (total, events) -> {
            while (true) {
                store.readAll(total, events);
            }
        };
        CommandFailure failure = assertThrows(
                CommandFailure.class,
                () -> export(endless, new PrintWriter(closed, true, UTF_8)).run("-"));
        assertEquals("standard output: it can't be written to (the export is incomplete)", failure.getMessage());
    }

    @Test
    void aNamedPipeIsWrittenTo() throws Exception {
        Path pipe = directory.resolve("pipe");
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
        FutureTask<String> read = new FutureTask<>(() -> Files.readString(pipe));
        new Thread(read, "reader").start();
        run(pipe.toString());
        assertEquals(ADA, read.get(30, TimeUnit.SECONDS));
        assertEquals(List.of("pipe"), files());
    }

    @Test
    void whatCannotBeWrittenIsNamedWithTheReason() throws IOException {
        Path data = Files.createDirectories(directory.resolve("data/postgresql"));
        Files.createFile(data.resolve("PG_VERSION"));
        assertImpossible(directory + " is a directory; name a file in it", directory.toString());
        assertImpossible("/ is a directory; name a file in it", "/");
        String inNone = directory.resolve("none/all").toString();
        assertImpossible(inNone + ": there is no directory " + directory.resolve("none"), inNone);
        assertImpossible("\u0000 is not a name that a file can have here", "\u0000");
        EventExport.requirePossible("-", EventImportTest.read("--data-dir", directory + "/data"));
        EventExport.requirePossible("all.gz", EventImportTest.read("--data-dir", directory + "/data"));
        EventExport.requirePossible("-", EventImportTest.read("--jdbc-url=jdbc:postgresql:x", "--db-user=u"));
    }

    @Test
    void aLinkIsJudgedByTheFileThatItLeadsTo() throws IOException {
        Path data = Files.createDirectories(directory.resolve("data/postgresql"));
        Files.createFile(data.resolve("PG_VERSION"));
        Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("gone"));
        assertImpossible(link + ": this link leads to no file", link.toString());
        assertThrows(IOException.class, () -> new WholeFile(link.toString()).close());
        assertEquals(List.of("data", "link"), files());

        assumeFalse(Files.getAttribute(directory, "unix:uid").equals(0), "root may write everywhere");
        Path readOnly = Files.createDirectory(directory.resolve("read-only"));
        Path elsewhere = Files.createFile(directory.resolve("elsewhere"));
        Path in = Files.createSymbolicLink(readOnly.resolve("link"), elsewhere);
        Path file = Files.createFile(readOnly.resolve("file"));
        Path out = Files.createSymbolicLink(directory.resolve("out"), file);
        Files.setPosixFilePermissions(readOnly, PosixFilePermissions.fromString("r-xr-xr-x"));
        assertEquals(Optional.empty(), WholeFile.whyImpossible(in.toString()));
        assertImpossible(out + ": this user may not write there", out.toString());
    }

    private void assertImpossible(String reason, String file) {
        CommandFailure failure = assertThrows(
                CommandFailure.class,
                () -> EventExport.requirePossible(file, EventImportTest.read("--data-dir", directory + "/data")));
        assertEquals(reason, failure.getMessage());
    }

    @Test
    void aLongTextIsExportedWithTheLimitThatItsImportNeeds() {
        User user = User.named(new UserId("bob"), "é".repeat(MEBIBYTE), 1);
        record(store, new UserSaved(User.named(new UserId("eve"), "x".repeat(MEBIBYTE), 1)));
        run("-");
        assertEquals(1, err.toString().lines().count(), err.toString());
        new ChatEventService(store, new TextLimit(2 * MEBIBYTE)).record(new UserSaved(user));
        run("-");
        assertTrue(
                err.toString()
                        .endsWith("chatlist: standard output: texts are longer than 1048576;"
                                + " import it with --max-text-bytes 2097152%n".formatted()),
                err.toString());
    }

    @Test
    void anEventWhoseLineIsTooLongIsExportedWithTheLimitThatItsImportNeeds() {
        String text = "\u0001".repeat(MEBIBYTE);
        SocialAccount account = new SocialAccount(text, text);
        User user = new User(
                new UserId("bob"), text, "", "", "", account, account, account, SocialAccount.NONE, account, 1);
        record(store, new UserSaved(user));
        run("-");
        long lineBytes =
                stdout.toString(UTF_8).lines().skip(1).findFirst().orElseThrow().length();
        assertTrue(
                err.toString().endsWith("with --max-text-bytes %s%n".formatted((lineBytes + 7) / 8)), err.toString());
    }

    @Test
    void aTextThatNoImportTakesIsAFailureThatNamesIt() {
        User user = User.named(new UserId("bob"), "x".repeat(16 * MEBIBYTE + 1), 1);
        ChatArchive archive = (total, events) -> events.accept(new UserSaved(user));
        String message = String.valueOf(failure("-", archive).getMessage());
        assertTrue(
                message.startsWith(
                        "standard output: no import can read {\"type\":\"user\",\"user_id\":\"bob\",\"nick_name\":\"xxx"),
                message);
        assertTrue(
                message.endsWith("…: texts may have 16777216 bytes at most, this one takes 16777217"
                        + " (the export is incomplete)"),
                message);
    }

    @Test
    void aTimeThatItsImportRefusesIsSaidOnce() {
        record(store, new UserSaved(User.named(new UserId("bob"), "", 1)));
        PrintWriter out = new PrintWriter(stdout, true, UTF_8);
        PrintWriter writer = new PrintWriter(err, true);
        EventProgress progress = new EventProgress(writer, writer, false);
        new EventExport(store, EventImportTest.read("--suspicious-times=refuse"), out, progress, Optional::empty)
                .run("-");
        assertEquals(
                "chatlist: import it with --suspicious-times warn, because of " + ADA.strip()
                        + ": created_at is 1, which looks like seconds; times are nanoseconds since the epoch",
                err.toString().lines().findFirst().orElseThrow());
        assertEquals(2, err.toString().lines().count());
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private CommandFailure failure(String file, ChatArchive archive) {
        return assertThrows(CommandFailure.class, () -> run(file, archive));
    }

    private void run(String file) {
        run(file, store);
    }

    private void run(String file, ChatArchive archive) {
        export(archive, new PrintWriter(stdout, true, UTF_8)).run(file);
    }

    private EventExport export(ChatArchive archive, PrintWriter out) {
        PrintWriter writer = new PrintWriter(err, true);
        EventProgress progress = new EventProgress(writer, writer, false);
        return new EventExport(archive, EventImportTest.read(), out, progress, stop::reason);
    }
}
