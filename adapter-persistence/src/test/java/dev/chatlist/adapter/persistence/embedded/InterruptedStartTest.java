package dev.chatlist.adapter.persistence.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Every wait for a server can be ended, and a server that can't be looked at isn't taken for missing. */
@Tag("faults")
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class InterruptedStartTest {
    @TempDir
    Path directory = Path.of("");

    /** Without knowing whether the server runs, starting a second one would ruin the data. */
    @Test
    void aServerThatCannotBeExaminedIsNotTakenForMissing() throws Exception {
        Process killed = java("exec \"$0\" \"$@\"", EmbeddedPostgresTest.OtherProcess.class);
        BufferedReader output = new BufferedReader(new InputStreamReader(killed.getInputStream(), UTF_8));
        String url = output.readLine();
        killed.destroyForcibly().waitFor();

        Path tools = Files.createDirectory(directory.resolve("tools"));
        Path breaks = directory.resolve("breaks");
        Path shell = Files.writeString(
                tools.resolve("sh"),
                "#!/bin/bash\n[ -e '%s' ] && [[ \"$*\" == */cwd* ]] && exit 1\nexec /bin/sh \"$@\"\n"
                        .formatted(breaks));
        Files.setPosixFilePermissions(shell, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(tools, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        String searchPath = tools + ":" + ServerUser.searchPath();

        Files.createFile(breaks);
        Exception failure = assertThrows(
                UncheckedIOException.class,
                () -> EmbeddedPostgres.open(directory, searchPath, EmbeddedPostgres::freePort)
                        .close());
        assertTrue(String.valueOf(failure.getMessage()).contains("can't find out whether process"), failure::toString);
        Files.delete(breaks);
        try (EmbeddedPostgres server = EmbeddedPostgres.open(directory, searchPath, EmbeddedPostgres::freePort)) {
            assertEquals(url, server.jdbcUrl());
        }
    }

    @Test
    void dataThatCannotBeLookedAtAreNotTakenForMissing() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));
        assertThrows(IOException.class, () -> new DataDirectory(file.resolve("postgresql")).exists());
        assertFalse(new DataDirectory(directory.resolve("postgresql")).exists());
        assertTrue(new DataDirectory(directory).exists());
    }

    @Test
    void anInterruptEndsTheWaitForRecoveryAndStopsTheServer() throws Exception {
        EmbeddedPostgres.open(directory).close();
        Path data = directory.resolve("postgresql");
        Files.createFile(data.resolve("recovery.signal"));
        Files.writeString(
                data.resolve("postgresql.conf"), "restore_command = 'sleep 600'\n", StandardOpenOption.APPEND);

        FutureTask<String> opening = new FutureTask<>(() -> failureOf(directory));
        Thread thread = new Thread(opening);
        thread.start();
        // Written when the server has started. It can't be ready before the command ends.
        await(data.resolve("postmaster.pid"));
        thread.interrupt();
        assertTrue(opening.get().contains("interrupted"), opening.get());
        assertFalse(Files.exists(data.resolve("postmaster.pid")));
    }

    @Test
    void anInterruptEndsTheWaitForAnotherProcess() throws Exception {
        Process process = java("exec \"$0\" \"$@\"", HoldsStartLock.class);
        assertEquals("held", new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8)).readLine());
        FutureTask<String> opening = new FutureTask<>(() -> failureOf(directory));
        Thread thread = new Thread(opening);
        thread.start();
        thread.interrupt();
        assertTrue(opening.get().contains("interrupted"), opening.get());
        process.getOutputStream().close();
        assertEquals(0, process.waitFor());
    }

    /** A command that is told to stop must still leave the server. */
    @Test
    void anInterruptedThreadClosesTheServer() {
        EmbeddedPostgres server = EmbeddedPostgres.open(directory);
        Thread.currentThread().interrupt();
        server.close();
        assertTrue(Thread.interrupted());
        assertFalse(Files.exists(directory.resolve("postgresql/postmaster.pid")));
    }

    private static String failureOf(Path directory) {
        try {
            EmbeddedPostgres.open(directory).close();
            return "opened";
        } catch (RuntimeException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static void await(Path file) {
        while (!Files.exists(file)) {
            assertFalse(Thread.currentThread().isInterrupted(), "it took too long");
        }
    }

    private Process java(String shell, Class<?> main) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String classPath = System.getProperty("java.class.path");
        List<String> command = List.of("bash", "-c", shell, java, "-cp", classPath, main.getName());
        List<String> words = new ArrayList<>(command);
        words.add(directory.toString());
        return new ProcessBuilder(words)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** Holds the lock of a process that opens or closes the server, until its standard input ends. */
    static final class HoldsStartLock {
        private HoldsStartLock() {}

        public static void main(String[] arguments) throws IOException {
            DirectoryLocks locks = new DirectoryLocks(new DataDirectory(Path.of(arguments[0])));
            try (var start = locks.openStartLock()) {
                start.lock();
                System.out.println("held");
                System.in.readAllBytes();
            }
        }
    }
}
