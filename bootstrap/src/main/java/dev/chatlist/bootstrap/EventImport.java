package dev.chatlist.bootstrap;

import dev.chatlist.application.RecordChatEvents;
import dev.chatlist.application.RejectedEventException;
import dev.chatlist.application.StorageUnavailableException;
import dev.chatlist.bootstrap.events.BadLineException;
import dev.chatlist.bootstrap.events.EventTimes;
import dev.chatlist.bootstrap.events.ReadAhead;
import dev.chatlist.bootstrap.process.CommandFailure;
import dev.chatlist.bootstrap.settings.Settings;
import dev.chatlist.domain.ChatEvent;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
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
    private final Settings settings;
    private final InputStream stdin;
    private final EventProgress progress;
    private final Supplier<Optional<String>> stop;
    private final List<String> applied = new ArrayList<>();

    /**
     * @param events refuses texts that are longer than the settings allow
     * @param settings say whether a time that looks like another unit ends the import; otherwise it is said, once for
     *     each file
     * @param stop returns a reason to stop; is asked before each event and repeatedly while waiting for one
     */
    EventImport(
            RecordChatEvents events,
            Settings settings,
            InputStream stdin,
            EventProgress progress,
            Supplier<Optional<String>> stop) {
        this.events = events;
        this.settings = settings;
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
            if (!file.equals(STDIN)) {
                whyUnreadable(file).ifPresent(why -> {
                    throw CommandFailure.because(file + why);
                });
            }
        }
        if (files.indexOf(STDIN) != files.lastIndexOf(STDIN)) {
            throw CommandFailure.because(nameOf(STDIN) + " can be read only once");
        }
    }

    /** Pipes and devices are read too. */
    private static Optional<String> whyUnreadable(String file) {
        try {
            Path path = Path.of(file);
            if (Files.isDirectory(path)) {
                return Optional.of(" is a directory; name the files in it");
            }
            if (Files.notExists(path)) {
                return Optional.of(": there is no such file");
            }
            return Files.isReadable(path) ? Optional.empty() : Optional.of(": this user may not read it");
        } catch (InvalidPathException e) {
            return Optional.of(" is not a name that a file can have here");
        }
    }

    private static String nameOf(String file) {
        return file.equals(STDIN) ? "standard input" : file;
    }

    /** @throws CommandFailure at the first file that can't be applied; the files before it stay applied */
    void run(List<String> files) {
        for (String file : files) {
            try {
                apply(file);
                applied.add(nameOf(file));
            } catch (IOException | UncheckedIOException | StorageUnavailableException e) {
                throw failure(nameOf(file)
                        + stop.get().map(": "::concat).orElseGet(() -> ": " + CommandFailure.reasonOfFile(e)));
            }
        }
    }

    private void apply(String file) throws IOException {
        boolean isStdin = file.equals(STDIN);
        String name = nameOf(file);
        progress.begin(name, isStdin ? 0 : Files.size(Path.of(file)));
        ReadAhead.Source source = () -> progress.counting(isStdin ? stdin : Files.newInputStream(Path.of(file)));
        try (ReadAhead ahead = new ReadAhead(source, settings.textLimit(), () -> stopIfRequested(name))) {
            try {
                events.record(() -> watched(name, ahead));
            } catch (BadLineException e) {
                throw failure(name + ", " + e.getMessage());
            } catch (RejectedEventException e) {
                throw failure("%s, %s: %s".formatted(name, ahead.placeOf(e.index()), e.reason()));
            }
            progress.end();
        }
    }

    private Iterator<ChatEvent> watched(String name, ReadAhead events) {
        return new Iterator<>() {
            private long read;
            private boolean hasWarned;

            @Override
            public boolean hasNext() {
                return events.hasNext();
            }

            @Override
            public ChatEvent next() {
                stopIfRequested(name);
                progress.event();
                ChatEvent event = events.next();
                if (!hasWarned) {
                    EventTimes.suspicion(event).ifPresent(this::suspect);
                }
                read++;
                return event;
            }

            private void suspect(String why) {
                String line = "%s, %s: %s".formatted(name, events.placeOf(read), why);
                if (settings.refusesSuspiciousTimes()) {
                    throw failure(line);
                }
                progress.warn(line);
                hasWarned = true;
            }
        };
    }

    private void stopIfRequested(String name) {
        stop.get().ifPresent(why -> {
            throw failure(name + ": " + why);
        });
    }

    private CommandFailure failure(String reason) {
        progress.abandon();
        String before = applied.isEmpty() ? "" : "; applied before it: " + String.join(", ", applied);
        return CommandFailure.because(reason + " (nothing of this file was applied" + before + ")");
    }
}
