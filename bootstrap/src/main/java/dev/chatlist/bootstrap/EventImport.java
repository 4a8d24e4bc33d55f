package dev.chatlist.bootstrap;

import dev.chatlist.application.RecordChatEvents;
import dev.chatlist.application.RejectedEventException;
import dev.chatlist.application.StorageUnavailableException;
import dev.chatlist.bootstrap.events.BadLineException;
import dev.chatlist.bootstrap.events.ReadAhead;
import dev.chatlist.domain.ChatEvent;
import dev.chatlist.domain.TextLimit;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Applies files of chat events, each completely or not at all. */
final class EventImport {
    /** Stands for standard input in a list of files. */
    static final String STDIN = "-";

    private final RecordChatEvents events;
    private final TextLimit limit;
    private final InputStream stdin;
    private final ImportProgress progress;
    private final Supplier<Optional<String>> stop;
    private final List<String> applied = new ArrayList<>();

    /**
     * @param limit the limit of {@code events}
     * @param stop returns a reason to stop; is asked before each event and repeatedly while waiting for one
     */
    EventImport(
            RecordChatEvents events,
            TextLimit limit,
            InputStream stdin,
            ImportProgress progress,
            Supplier<Optional<String>> stop) {
        this.events = events;
        this.limit = limit;
        this.stdin = stdin;
        this.progress = progress;
        this.stop = stop;
    }

    /**
     * Checks the files before a database is started, which takes time.
     *
     * @throws CommandFailure if a file can't be read
     */
    static void requireReadable(List<String> files) {
        for (String file : files) {
            if (!file.equals(STDIN) && (!Files.isReadable(Path.of(file)) || Files.isDirectory(Path.of(file)))) {
                throw CommandFailure.because(file + " is not a file that can be read");
            }
        }
    }

    /** @throws CommandFailure at the first file that can't be applied; the files before it stay applied */
    void run(List<String> files) {
        for (String file : files) {
            try {
                apply(file);
                applied.add(file);
            } catch (IOException | UncheckedIOException | StorageUnavailableException e) {
                throw failure(file + ": " + stop.get().orElseGet(() -> CommandFailure.reason(e)));
            }
        }
    }

    private void apply(String file) throws IOException {
        boolean isStdin = file.equals(STDIN);
        long size = isStdin ? 0 : Files.size(Path.of(file));
        progress.begin(isStdin ? "standard input" : file, size);
        ReadAhead.Source source = () -> progress.counting(isStdin ? stdin : Files.newInputStream(Path.of(file)));
        try (ReadAhead ahead = new ReadAhead(source, limit, () -> stopIfRequested(file))) {
            try {
                events.record(() -> watched(file, ahead));
            } catch (BadLineException e) {
                throw failure(file + ", " + e.getMessage());
            } catch (RejectedEventException e) {
                throw failure("%s, %s: %s".formatted(file, ahead.placeOf(e.index()), e.reason()));
            }
            progress.end();
        }
    }

    private Iterator<ChatEvent> watched(String file, Iterator<ChatEvent> events) {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return events.hasNext();
            }

            @Override
            public ChatEvent next() {
                stopIfRequested(file);
                progress.event();
                return events.next();
            }
        };
    }

    private void stopIfRequested(String file) {
        stop.get().ifPresent(why -> {
            throw failure(file + ": " + why);
        });
    }

    private CommandFailure failure(String reason) {
        progress.abandon();
        String before = applied.isEmpty() ? "" : "; applied before it: " + String.join(", ", applied);
        return CommandFailure.because(reason + " (nothing of this file was applied" + before + ")");
    }
}
