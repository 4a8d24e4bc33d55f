package dev.chatlist.adapter.persistence.embedded;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;

/**
 * The server's PGDATA directory while it is created. Usually it doesn't exist then, and a finished directory is renamed
 * to it. Where a volume is mounted, there is an empty directory that can't be replaced. Then the finished files are
 * moved into it, {@value #LAST} last, which makes them a database.
 */
record PgData(Path path) {
    private static final String LAST = "PG_VERSION";

    /** In a mounted directory, this one shows that the other files are ours. */
    private static final String FRESH = "chatlist.new";

    /** Every new ext4 volume has it. */
    private static final String OF_THE_VOLUME = "lost+found";

    /** @throws IOException if that can't be found out, or if there is something that is no database */
    boolean isCreated() throws IOException {
        if (!new DataDirectory(path).exists()) {
            return false;
        }
        try {
            List<String> names = names();
            // Files are moved up only from finished data, which have a version until the end.
            boolean isOurs = List.of(FRESH).containsAll(names) || new DataDirectory(path.resolve(FRESH)).has(LAST);
            if (!names.contains(LAST) && !isOurs) {
                throw new IOException("%s holds files, but no database".formatted(path.getFileName()));
            }
            return names.contains(LAST);
        } catch (AccessDeniedException e) {
            // The server's user may look into it, and somebody has created it.
            return true;
        }
    }

    /** Removes what a killed process has left, and returns where to create the data. */
    Path prepare() throws IOException {
        Path beside = path.resolveSibling(path.getFileName() + ".new");
        PostgresBinaries.deleteRecursively(beside);
        if (!new DataDirectory(path).exists()) {
            return beside;
        }
        for (String name : names()) {
            if (!name.equals(FRESH)) {
                PostgresBinaries.deleteRecursively(path.resolve(name));
            }
        }
        PostgresBinaries.deleteRecursively(path.resolve(FRESH));
        return path.resolve(FRESH);
    }

    /** Moves the finished data to their place. */
    void fill(Path fresh) throws IOException {
        if (!fresh.startsWith(path)) {
            Files.move(fresh, path, ATOMIC_MOVE);
            return;
        }
        // The server refuses data that others may look into.
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
        for (Path file : list(fresh)) {
            if (!file.endsWith(LAST)) {
                Files.move(file, path.resolve(file.getFileName()), ATOMIC_MOVE);
            }
        }
        // If the machine goes down, no file may be missing beside the version.
        PostgresBinaries.sync(path);
        Files.move(fresh.resolve(LAST), path.resolve(LAST), ATOMIC_MOVE);
        Files.delete(fresh);
        PostgresBinaries.sync(path);
    }

    private List<String> names() throws IOException {
        return list(path).stream()
                .map(file -> file.getFileName().toString())
                .filter(name -> !name.equals(OF_THE_VOLUME))
                .toList();
    }

    private static List<Path> list(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }
}
