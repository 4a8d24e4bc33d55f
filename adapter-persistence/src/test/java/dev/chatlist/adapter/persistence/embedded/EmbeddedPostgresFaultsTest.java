package dev.chatlist.adapter.persistence.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the embedded server's users do when they can't open files, or are interrupted. */
@Tag("faults")
@Timeout(300)
class EmbeddedPostgresFaultsTest {
    @TempDir
    private static Path directory;

    @Test
    void aServerThatCannotBeLookedAtForLackOfFilesHasNotEnded() throws Exception {
        Process process = new ProcessBuilder(
                        "sh",
                        "-c",
                        "ulimit -n 300; exec \"$0\" \"$@\"",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        OutOfFiles.class.getName(),
                        directory.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertTrue(said.contains("can't open PostgreSQL in " + directory), said);
        assertTrue(said.endsWith("the server is still there\n"), said);
        assertEquals(0, process.waitFor(), said);
        assertFalse(Files.exists(directory.resolve("postgresql/postmaster.pid")));
    }

    /** Opens the directory, then files until it can't open any more. Says what becomes of the server. */
    static final class OutOfFiles {
        private OutOfFiles() {}

        public static void main(String[] arguments) throws Exception {
            Path directory = Path.of(arguments[0]);
            try (EmbeddedPostgres server = EmbeddedPostgres.open(directory)) {
                CountDownLatch lost = new CountDownLatch(1);
                server.onLoss(lost::countDown);
                // Loads the classes, which takes files, before there are none left.
                EmbeddedPostgres.open(directory).close();
                Reason.of(new IOException("none"));
                boolean isLost = lost.await(1, TimeUnit.SECONDS);
                List<FileInputStream> open = openAllFiles();
                try {
                    isLost |= lost.await(2, TimeUnit.SECONDS);
                    EmbeddedPostgres.open(directory).close();
                } catch (UncheckedIOException e) {
                    System.out.println(e.getMessage());
                } finally {
                    for (FileInputStream file : open) {
                        file.close();
                    }
                }
                System.out.println(isLost ? "the server has ended" : "the server is still there");
            }
        }

        private static List<FileInputStream> openAllFiles() throws IOException {
            List<FileInputStream> open = new ArrayList<>();
            try {
                while (true) {
                    open.add(new FileInputStream("/dev/null"));
                }
            } catch (FileNotFoundException e) {
                return open;
            }
        }
    }
}
