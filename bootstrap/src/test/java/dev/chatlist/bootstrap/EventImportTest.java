package dev.chatlist.bootstrap;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatlist.application.ChatEventService;
import dev.chatlist.application.contract.InMemoryChatStore;
import dev.chatlist.bootstrap.process.CommandFailure;
import dev.chatlist.bootstrap.settings.GivenSettings;
import dev.chatlist.bootstrap.settings.Setting;
import dev.chatlist.bootstrap.settings.Settings;
import dev.chatlist.bootstrap.settings.SettingsReader;
import dev.chatlist.bootstrap.settings.SettingsReader.Purpose;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.UserId;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.PrintWriter;
import java.io.SequenceInputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

@Timeout(60)
class EventImportTest {
    private static final String ADA = "{\"type\":\"user\",\"user_id\":\"ada\",\"created_at\":0}\n";

    private static final String LONGER_THAN_IS_READ_AHEAD =
            "{\"type\":\"leave\",\"room_id\":\"r\",\"user_id\":\"u\"}\n".repeat(200_000);

    @TempDir
    Path directory = Path.of("");

    private final InMemoryChatStore store = new InMemoryChatStore();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private boolean refusesSuspiciousTimes;
    private volatile boolean stop;
    private Runnable afterAThousandEvents = () -> {};

    @Test
    void filesAreAppliedInOrderAndCounted() throws IOException {
        run(file("a", ADA + room("r1")), file("b", room("r2")));
        assertEquals(List.of("r1", "r2"), adasRooms());
        List<String> lines = out.toString().lines().toList();
        assertEquals(2, lines.size());
        assertTrue(lines.get(0).matches(".*/a: 3 events in [0-9.]+ s, [0-9,]+ a second"), lines.get(0));
    }

    @ParameterizedTest
    @CsvSource({
        "1643444610, seconds",
        "1643444610855, milliseconds",
        "1643444610855372, microseconds",
        "99999999999999999, microseconds",
    })
    void aTimeInAnotherUnitIsSaidOnceForEachFile(long time, String unit) throws IOException {
        String event = "{\"type\":\"user\",\"user_id\":\"bob\",\"created_at\":%s}\n".formatted(time);
        run(file("a", ADA + "\n" + event + event), file("b", ADA), file("c", event));
        assertEquals(
                List.of(
                        "chatlist: %s/a, line 3: created_at is %s, which looks like %s; times are nanoseconds since the epoch"
                                .formatted(directory, time, unit),
                        "chatlist: %s/c, line 1: created_at is %s, which looks like %s; times are nanoseconds since the epoch"
                                .formatted(directory, time, unit)),
                err.toString().lines().toList());
    }

    @Test
    void timesInNanosecondsAreNotSuspicious() throws IOException {
        run(file("a", ADA + ADA.replace(":0}", ":100000000000000000}") + ADA.replace(":0}", ":9223372036854775807}")));
        assertEquals("", err.toString());
    }

    @Test
    void aTimeInAnotherUnitCanBeRefused() throws IOException {
        refusesSuspiciousTimes = true;
        String join = "{\"type\":\"join\",\"room_id\":\"r1\",\"user_id\":\"ada\",\"at\":1643444610}\n";
        String file = file("a", ADA + room("r1") + join);
        CommandFailure failure = assertThrows(CommandFailure.class, () -> run(file));
        assertTrue(
                String.valueOf(failure.getMessage()).contains(": at is 1643444610, which looks like seconds"),
                failure.getMessage());
        assertEquals(List.of(), adasRooms());
    }

    @Test
    void gzipIsRecognizedByItsContentNotByItsName() throws IOException {
        run(file("plain.gz", ADA), file("packed.ndjson", gzip(room("r1"))));
        assertEquals(List.of("r1"), adasRooms());
    }

    @Test
    void gzipFromAPipeMayHaveSeveralMembers() throws IOException {
        ByteArrayOutputStream members = new ByteArrayOutputStream();
        for (String part : List.of(ADA, room("r1"), room("r2"))) {
            members.write(gzip(part));
        }
        runWith(aPipe(members.toByteArray()), "-");
        assertEquals(List.of("r1", "r2"), adasRooms());
        assertTrue(out.toString().startsWith("standard input: 5 events"), out.toString());
    }

    @Test
    void plainTextIsReadFromAPipe() throws IOException {
        runWith(aPipe((ADA + room("r1")).getBytes(UTF_8)), "-");
        assertEquals(List.of("r1"), adasRooms());
    }

    @Test
    void aNamedPipeIsReadPlainOrPacked() throws Exception {
        String plain = pipe("plain", ADA.getBytes(UTF_8));
        String packed = pipe("packed", gzip(room("r1")));
        run(plain, packed);
        assertEquals(List.of("r1"), adasRooms());
        assertTrue(out.toString().startsWith(plain + ": 1 event"), out.toString());
    }

    @Test
    void aSymbolicLinkIsFollowed() throws IOException {
        file("a", ADA + room("r1"));
        run(Files.createSymbolicLink(directory.resolve("link"), Path.of("a")).toString());
        assertEquals(List.of("r1"), adasRooms());
    }

    @Test
    void aFileThatSaysItHasNoBytesIsReadToItsEnd() {
        CommandFailure failure = assertThrows(CommandFailure.class, () -> run("/proc/self/status"));
        assertTrue(
                String.valueOf(failure.getMessage()).startsWith("/proc/self/status, line 1: "), failure.getMessage());
    }

    @Test
    void aFileThatGrowsWhileItIsReadIsAppliedToItsEnd() throws IOException {
        Path growing = Path.of(file("growing", ADA + LONGER_THAN_IS_READ_AHEAD));
        afterAThousandEvents = () -> write(growing, room("r1"));
        run(growing.toString());
        assertEquals(List.of("r1"), adasRooms());
    }

    @Test
    void aFileThatIsCutWhileItIsReadIsAppliedToItsNewEnd() throws IOException {
        Path cut = Path.of(file("cut", ADA + room("r1") + LONGER_THAN_IS_READ_AHEAD + room("r2")));
        afterAThousandEvents = () -> cut(cut, room("r2").length());
        run(cut.toString());
        assertEquals(List.of("r1"), adasRooms());
    }

    @Test
    void whatCannotBeReadIsNamedWithTheReason() throws IOException {
        String gone = directory.resolve("gone").toString();
        String good = file("good", ADA);
        assertUnreadable(gone + ": there is no such file", good, gone);
        assertUnreadable(directory + " is a directory; name the files in it", directory.toString());
        assertUnreadable("\u0000.json is not a name that a file can have here", "\u0000.json");
        assertUnreadable("standard input can be read only once", "-", good, "-");
        EventImport.requireReadable(List.of(good, "-", "/dev/null"));
    }

    private static void assertUnreadable(String reason, String... files) {
        CommandFailure failure = assertThrows(CommandFailure.class, () -> EventImport.requireReadable(List.of(files)));
        assertEquals(reason, failure.getMessage());
    }

    @Test
    void aSocketIsNamedWithTheReasonOfTheSystem() throws IOException {
        Path socket = directory.resolve("socket");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            CommandFailure failure = assertThrows(CommandFailure.class, () -> run(socket.toString()));
            assertEquals(
                    socket + ": No such device or address (nothing of this file was applied)", failure.getMessage());
        }
    }

    @Test
    void standardInputHasOneName() throws IOException {
        String bad = file("bad", "nope");
        byte[] good = ADA.getBytes(UTF_8);
        CommandFailure after = assertThrows(CommandFailure.class, () -> runWith(aPipe(good), "-", bad));
        assertTrue(
                String.valueOf(after.getMessage()).endsWith("applied before it: standard input)"), after.getMessage());
        CommandFailure line = assertThrows(CommandFailure.class, () -> runWith(aPipe("nope".getBytes(UTF_8)), "-"));
        assertTrue(String.valueOf(line.getMessage()).startsWith("standard input, line 1: "), line.getMessage());
        CommandFailure cut =
                assertThrows(CommandFailure.class, () -> runWith(aPipe(new byte[] {0x1F, (byte) 0x8B}), "-"));
        assertTrue(String.valueOf(cut.getMessage()).startsWith("standard input: the gzip "), cut.getMessage());
        assertTrue(out.toString().startsWith("standard input: 1 event "), out.toString());
    }

    @Test
    void anEmptyFileIsNoFailure() throws IOException {
        run(file("empty", ""), file("nothing.gz", gzip("")));
        assertEquals(2, out.toString().lines().count());
    }

    @Test
    void aBadLineAppliesNothingOfItsFileAndTheFailureNamesTheFilesBefore() throws IOException {
        String good = file("good", ADA + room("r1"));
        String bad = file("bad", room("r2") + "\nnope\n" + room("r3"));
        CommandFailure failure = assertThrows(CommandFailure.class, () -> run(good, bad, file("never", room("r4"))));
        assertTrue(
                String.valueOf(failure.getMessage()).startsWith(bad + ", line 4: not JSON: Unrecognized token 'nope'"),
                failure.getMessage());
        assertTrue(
                String.valueOf(failure.getMessage())
                        .endsWith("(nothing of this file was applied; applied before it: " + good + ")"),
                failure.getMessage());
        assertEquals(1, failure.exitCode());
        assertEquals(List.of("r1"), adasRooms());
    }

    @Test
    void aRejectedEventIsNamedByItsLine() throws IOException {
        String bad = file("bad", "\n" + ADA + "\n\n" + room("r1").replace("r1\",\"user_id", "r7\",\"user_id"));
        CommandFailure failure = assertThrows(CommandFailure.class, () -> run(bad));
        assertEquals(bad + ", line 6: unknown room r7 (nothing of this file was applied)", failure.getMessage());
        assertEquals(List.of(), adasRooms());
    }

    @Test
    void aRejectedEventIsNamedByItsLineThoughTheFileIsReadAhead() throws IOException {
        String removed = "{\"type\":\"user_removed\",\"user_id\":\"u\"}\n".repeat(50_000);
        String join = "{\"type\":\"join\",\"room_id\":\"r7\",\"user_id\":\"ada\",\"at\":0}\n";
        String bad = file("bad", ADA + removed + join + removed);
        CommandFailure failure = assertThrows(CommandFailure.class, () -> run(bad));
        assertEquals(bad + ", line 50002: unknown room r7 (nothing of this file was applied)", failure.getMessage());
    }

    @Test
    void aMissingFileIsNamedOnce() {
        String gone = directory.resolve("gone").toString();
        CommandFailure failure = assertThrows(CommandFailure.class, () -> run(gone));
        assertEquals(gone + ": there is no such file (nothing of this file was applied)", failure.getMessage());
    }

    @Test
    void anErrorInTheReadingThreadEndsTheImport() {
        OutOfMemoryError end = new OutOfMemoryError("thrown by the test");
        InputStream broken = new ByteArrayInputStream(new byte[0]) {
            @Override
            public synchronized int read(byte[] buffer, int offset, int length) {
                throw end;
            }
        };
        assertSame(end, assertThrows(OutOfMemoryError.class, () -> runWith(broken, "-")));
    }

    @Test
    void aTruncatedOrDamagedGzipAppliesNothing() throws IOException {
        byte[] whole = gzip(ADA + room("r1"));
        String cut = file("cut.gz", Arrays.copyOf(whole, whole.length - 9));
        whole[whole.length - 6] ^= 1;
        String damaged = file("damaged.gz", whole);
        for (String bad : List.of(cut, damaged)) {
            CommandFailure failure = assertThrows(CommandFailure.class, () -> run(bad));
            assertTrue(String.valueOf(failure.getMessage()).startsWith(bad + ": after line "), failure.getMessage());
            assertEquals(List.of(), adasRooms());
        }
    }

    @Test
    void theFailureOfATruncatedGzipNamesTheLastWholeLine() throws IOException {
        byte[] events = gzip(ADA + room("r1"));
        byte[] next = gzip(room("r2"));
        ByteArrayOutputStream members = new ByteArrayOutputStream();
        members.write(events);
        members.write(next);
        assertEndsTooEarly(": ", Arrays.copyOf(events, 5));
        assertEndsTooEarly(": after line 3: ", Arrays.copyOf(events, events.length - 1));
        assertEndsTooEarly(": after line 3: ", Arrays.copyOf(members.toByteArray(), events.length + 5));
        assertEndsTooEarly(": after line 5: ", Arrays.copyOf(members.toByteArray(), members.size() - 4));
    }

    private void assertEndsTooEarly(String place, byte[] gzip) throws IOException {
        String cut = file("cut.gz", gzip);
        CommandFailure failure = assertThrows(CommandFailure.class, () -> run(cut));
        assertEquals(cut + place + "the gzip ends too early (nothing of this file was applied)", failure.getMessage());
        assertEquals(List.of(), adasRooms());
    }

    @Test
    void aStopAppliesNothingOfTheFile() throws IOException {
        stop = true;
        String file = file("a", ADA + room("r1"));
        CommandFailure failure = assertThrows(CommandFailure.class, () -> run(file));
        assertEquals(file + ": told to stop (nothing of this file was applied)", failure.getMessage());
        assertEquals(List.of(), adasRooms());
    }

    @Test
    void aStopWhileThePipeIsIdleAppliesNothing() throws Exception {
        CountDownLatch waiting = new CountDownLatch(1);
        InputStream idle = new SequenceInputStream(aPipe((ADA + room("r1")).getBytes(UTF_8)), aPipeThatIsIdle(waiting));
        FutureTask<CommandFailure> run =
                new FutureTask<>(() -> assertThrows(CommandFailure.class, () -> runWith(idle, "-")));
        new Thread(run, "import").start();
        waiting.await();
        stop = true;
        assertEquals(
                "standard input: told to stop (nothing of this file was applied)",
                run.get().getMessage());
        assertEquals(List.of(), adasRooms());
    }

    private List<String> adasRooms() {
        return store.roomIds(new UserId("ada")).stream().map(RoomId::value).toList();
    }

    private static String room(String id) {
        return """
                {"type":"room","room_id":"%1$s","creator_id":"ada","created_at":0}
                {"type":"join","room_id":"%1$s","user_id":"ada","at":0}
                """.formatted(id);
    }

    private String file(String name, String content) throws IOException {
        return file(name, content.getBytes(UTF_8));
    }

    private String file(String name, byte[] content) throws IOException {
        return Files.write(directory.resolve(name), content).toString();
    }

    /** A pipe of which somebody writes the bytes once. */
    private String pipe(String name, byte[] content) throws Exception {
        Path pipe = directory.resolve(name);
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
        FutureTask<Path> written = new FutureTask<>(() -> Files.write(pipe, content));
        new Thread(written, "writer").start();
        return pipe.toString();
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(text.getBytes(UTF_8));
        }
        return bytes.toByteArray();
    }

    /** Returns one byte per read, and doesn't know how many are left. */
    private static InputStream aPipe(byte[] bytes) {
        return new ByteArrayInputStream(bytes) {
            @Override
            public synchronized int read(byte[] buffer, int offset, int length) {
                return super.read(buffer, offset, Math.min(length, 1));
            }

            @Override
            public synchronized int available() {
                return 0;
            }
        };
    }

    private static InputStream aPipeThatIsIdle(CountDownLatch waiting) {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                return read(new byte[1], 0, 1);
            }

            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
                waiting.countDown();
                try {
                    new CountDownLatch(1).await();
                    return -1;
                } catch (InterruptedException e) {
                    throw new InterruptedIOException();
                }
            }
        };
    }

    @Test
    void aTextThatIsTooLongIsRefusedByLineAndField() throws IOException {
        String user = "{\"type\":\"user\",\"user_id\":\"%s\",\"nick_name\":\"%s\",\"created_at\":1}%n";
        String fits = user.formatted("u1", "x".repeat(1 << 20));
        String tooLong = user.formatted("u2", "x".repeat((1 << 20) + 1));
        Path file = Files.writeString(directory.resolve("long.ndjson"), fits.repeat(20) + "\n" + tooLong);

        CommandFailure failure = assertThrows(CommandFailure.class, () -> run(file.toString()));

        assertEquals(
                file + ", line 22: nick_name must have at most 1048576 bytes of UTF-8, it has 1048577"
                        + " (nothing of this file was applied)",
                failure.getMessage());
    }

    private void run(String... files) {
        runWith(InputStream.nullInputStream(), files);
    }

    private void runWith(InputStream stdin, String... files) {
        PrintWriter writer = new PrintWriter(out, true);
        AtomicInteger asked = new AtomicInteger();
        EventProgress progress = new EventProgress(writer, new PrintWriter(err, true), false);
        new EventImport(new ChatEventService(store), settings(), stdin, progress, () -> {
                    if (asked.incrementAndGet() == 1000) {
                        afterAThousandEvents.run();
                    }
                    return stop ? Optional.of("told to stop") : Optional.empty();
                })
                .run(List.of(files));
    }

    private Settings settings() {
        return read("--suspicious-times", refusesSuspiciousTimes ? "refuse" : "warn");
    }

    /** The settings of a command with these flags. */
    static Settings read(String... flags) {
        ParseResult given = new CommandLine(Setting.mixin(Map.of())).parseArgs(flags);
        return SettingsReader.read(Purpose.OTHER, GivenSettings.of(given, Map.of(), Map.of()));
    }

    private static void write(Path file, String more) {
        try {
            Files.writeString(file, more, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void cut(Path file, int bytes) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(channel.size() - bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
