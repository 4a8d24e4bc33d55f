package dev.chatlist.adapter.persistence.embedded;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A directory whose owner also owns the files that root makes in it.
 *
 * <p>It holds the embedded database, the database's password and lock files, and the service's own secret. Root may
 * run one command in a user's directory; the user must still be able to use the directory afterwards.
 *
 * @param path need not exist yet
 */
public record DataDirectory(Path path) {
    private static final Logger LOG = LoggerFactory.getLogger(DataDirectory.class);

    /** Creates the directory if it is missing. */
    public void create() throws IOException {
        if (!Files.isDirectory(path)) {
            Files.createDirectories(path.toAbsolutePath());
        }
    }

    /**
     * Whether the directory exists. {@link Files#exists} would take one that can't be looked at for a missing one.
     *
     * @throws IOException if that can't be found out
     */
    boolean exists() throws IOException {
        return has("");
    }

    /** Like {@link #exists}, for a file or directory in this one. */
    boolean has(String name) throws IOException {
        try {
            Files.readAttributes(path.resolve(name), BasicFileAttributes.class);
            return true;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** Whether it certainly holds no database; false where it can't be looked into. */
    public boolean lacksDatabase() {
        return Files.notExists(path.resolve("postgresql/PG_VERSION"));
    }

    /** Opens a file. If this creates the file, only its owner can read or write it. */
    public FileChannel openPrivate(String name, OpenOption... options) throws IOException {
        return open(
                name,
                Set.of(options),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }

    /** Opens an empty file for locking; creates it if it is missing. */
    FileChannel openLockFile(String name) throws IOException {
        return open(name, Set.of(CREATE, READ, WRITE));
    }

    private FileChannel open(String name, Set<OpenOption> options, FileAttribute<?>... attributes) throws IOException {
        FileChannel channel = FileChannel.open(path.resolve(name), options, attributes);
        try {
            giveToOwner(name);
            return channel;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** Gives a file to the directory's owner if root owns the file. Other users' files stay as they are. */
    public void giveToOwner(String name) throws IOException {
        Path file = path.resolve(name);
        if (isRoots(file, NOFOLLOW_LINKS) && !isRoots(path)) {
            try {
                // Never through a link, which could lead to any file of the system.
                Files.setAttribute(file, "unix:gid", Files.getAttribute(path, "unix:gid"), NOFOLLOW_LINKS);
                Files.setAttribute(file, "unix:uid", Files.getAttribute(path, "unix:uid"), NOFOLLOW_LINKS);
            } catch (IOException e) {
                LOG.warn("{} still belongs to root, but its directory doesn't: {}", file, e.getMessage());
            }
        }
    }

    private static boolean isRoots(Path path, LinkOption... options) throws IOException {
        return Files.getAttribute(path, "unix:uid", options).equals(0);
    }
}
