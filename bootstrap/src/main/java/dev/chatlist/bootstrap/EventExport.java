package dev.chatlist.bootstrap;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.chatlist.application.ChatArchive;
import dev.chatlist.application.StorageUnavailableException;
import dev.chatlist.bootstrap.events.ChatEventFields;
import dev.chatlist.bootstrap.events.ChatEventReader;
import dev.chatlist.bootstrap.events.EventTimes;
import dev.chatlist.bootstrap.process.CommandFailure;
import dev.chatlist.bootstrap.settings.Setting;
import dev.chatlist.bootstrap.settings.Settings;
import dev.chatlist.domain.ChatEvent;
import dev.chatlist.domain.TextLimit;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.zip.GZIPOutputStream;

/** Writes everything that is stored to one file of chat events, which an import reads. */
final class EventExport {
    /** Stands for standard output. */
    static final String STDOUT = "-";

    private static final int EVENTS_BETWEEN_CHECKS = 1000;
    private static final int BUFFER = 1 << 16;
    private static final int SHOWN_CHARACTERS = 100;

    private final ChatArchive archive;
    private final Settings settings;
    private final PrintWriter stdout;
    private final EventProgress progress;
    private final Supplier<Optional<String>> stop;
    private long written;
    private long leastLimit;
    private boolean hasWarned;

    /**
     * @param settings say what an import with the same settings refuses
     * @param stop returns a reason to stop; is asked before each event
     */
    EventExport(
            ChatArchive archive,
            Settings settings,
            PrintWriter stdout,
            EventProgress progress,
            Supplier<Optional<String>> stop) {
        this.archive = archive;
        this.settings = settings;
        this.stdout = stdout;
        this.progress = progress;
        this.stop = stop;
    }

    /**
     * Checks the file and the database before a server is started, which takes time.
     *
     * @throws CommandFailure if the file can't be written, or there is no database to export
     */
    static void requirePossible(String file, Settings settings) {
        settings.requireDatabase();
        if (!file.equals(STDOUT)) {
            WholeFile.whyImpossible(file).ifPresent(why -> {
                throw CommandFailure.because(file + why);
            });
        }
    }

    /**
     * Returns the number of events.
     *
     * @throws CommandFailure if not everything can be written; then a file of that name is as it was
     */
    long run(String file) {
        String name = file.equals(STDOUT) ? "standard output" : file;
        progress.begin(name, 0);
        try {
            if (file.equals(STDOUT)) {
                writeAll(stdout);
                requireWritten();
            } else {
                write(file);
            }
        } catch (IOException
                | UncheckedIOException
                | StorageUnavailableException
                | IllegalStateException
                | CommandFailure e) {
            progress.abandon();
            throw CommandFailure.because("%s: %s (the export is incomplete)"
                    .formatted(name, stop.get().orElseGet(() -> CommandFailure.reasonOfFile(e))));
        }
        progress.end();
        int limit = settings.textLimit().maxBytes();
        if (leastLimit > limit) {
            progress.warn("%s: texts are longer than %s; import it with %s %s"
                    .formatted(name, limit, Setting.MAX_TEXT_BYTES.flag(), leastLimit));
        }
        return written;
    }

    private void write(String file) throws IOException {
        try (WholeFile whole = new WholeFile(file)) {
            try (OutputStream bytes = whole.open();
                    // Neither this nor any JDK from 17 on writes the time into the header.
                    OutputStream packed = file.endsWith(".gz") ? new GZIPOutputStream(bytes, BUFFER) : bytes;
                    Writer out = new BufferedWriter(new OutputStreamWriter(packed, UTF_8), BUFFER)) {
                writeAll(out);
            }
            whole.complete();
        }
    }

    private void writeAll(Writer out) {
        archive.readAll(progress::expect, event -> {
            stop.get().ifPresent(why -> {
                throw CommandFailure.because(why);
            });
            try {
                write(event, out);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            progress.written();
        });
    }

    private void write(ChatEvent event, Writer out) throws IOException {
        String line = ChatEventFields.write(event);
        requireImportable(event, line);
        out.write(line);
        out.write('\n');
        if (++written % EVENTS_BETWEEN_CHECKS == 0) {
            requireWritten();
        }
    }

    private void requireImportable(ChatEvent event, String line) {
        leastLimit = Math.max(leastLimit, ChatEventReader.leastLimit(event, line));
        if (leastLimit > TextLimit.MAX_BYTES) {
            throw CommandFailure.because("no import can read %s: texts may have %s bytes at most, this one takes %s"
                    .formatted(beginning(line), TextLimit.MAX_BYTES, leastLimit));
        }
        if (settings.refusesSuspiciousTimes() && !hasWarned) {
            EventTimes.suspicion(event).ifPresent(why -> {
                progress.warn("import it with %s warn, because of %s: %s"
                        .formatted(Setting.SUSPICIOUS_TIMES.flag(), beginning(line), why));
                hasWarned = true;
            });
        }
    }

    /** The type and the ids come first. */
    private static String beginning(String line) {
        return line.codePointCount(0, line.length()) <= SHOWN_CHARACTERS
                ? line
                : line.substring(0, line.offsetByCodePoints(0, SHOWN_CHARACTERS)) + "…";
    }

    /** A PrintWriter doesn't throw where it can't write. */
    private void requireWritten() throws IOException {
        if (stdout.checkError()) {
            throw new IOException("it can't be written to");
        }
    }
}
