package dev.chatlist.bootstrap;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.chatlist.bootstrap.process.CommandFailure;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A file that has its name only when it is complete. Until then, its bytes are in a file beside it, and an older file
 * of that name stays as it was. Only its owner can read it. A pipe or a device is written to directly.
 */
final class WholeFile implements AutoCloseable {
    private final Path target;
    private final Path part;

    WholeFile(String name) throws IOException {
        target = target(name);
        part = isDirect(target)
                ? target
                : Files.createTempFile(target.getParent(), target.getFileName() + ".", ".part");
    }

    /** A renamed file would replace a link, and the file that the link leads to would stay as it was. */
    private static Path target(String name) throws IOException {
        Path named = Path.of(name);
        if (Files.isSymbolicLink(named) && !Files.exists(named)) {
            throw new FileSystemException(name, null, "this link leads to no file");
        }
        return Files.isRegularFile(named) ? named.toRealPath() : named.toAbsolutePath();
    }

    /** Why there can be no such file, as far as that can be known before it is written. */
    static Optional<String> whyImpossible(String name) {
        try {
            Path path = target(name);
            Path directory = path.getParent();
            if (Files.isDirectory(path) || directory == null) {
                return Optional.of(" is a directory; name a file in it");
            }
            if (!Files.isDirectory(directory)) {
                return Optional.of(": there is no directory " + directory);
            }
            return Files.isWritable(isDirect(path) ? path : directory)
                    ? Optional.empty()
                    : Optional.of(": this user may not write there");
        } catch (InvalidPathException e) {
            return Optional.of(" is not a name that a file can have here");
        } catch (IOException e) {
            return Optional.of(": " + CommandFailure.reasonOfFile(e));
        }
    }

    private static boolean isDirect(Path path) {
        return Files.exists(path) && !Files.isRegularFile(path);
    }

    /** Opens the file for writing. An interrupt ends a write, also one to a pipe that nobody reads. */
    OutputStream open() throws IOException {
        return Channels.newOutputStream(FileChannel.open(part, WRITE));
    }

    /** Gives the file its name, after its bytes are on the disk: a power failure must not leave less than one file. */
    void complete() throws IOException {
        if (part.equals(target)) {
            return;
        }
        sync(FileChannel.open(part, WRITE));
        Files.move(part, target, ATOMIC_MOVE);
        sync(FileChannel.open(target.getParent(), READ));
    }

    private static void sync(FileChannel opened) throws IOException {
        try (opened) {
            opened.force(true);
        }
    }

    /** Removes an incomplete file. */
    @Override
    public void close() throws IOException {
        if (!part.equals(target)) {
            Files.deleteIfExists(part);
        }
    }
}
