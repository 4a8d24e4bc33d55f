package dev.chatlist.adapter.persistence;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whose the files are that we make. */
public final class FileOwner {
    private static final Logger LOG = LoggerFactory.getLogger(FileOwner.class);

    private FileOwner() {}

    /**
     * Gives a file that root has made to whoever owns its directory, and couldn't use it any more if root's files lay
     * there. What others make is theirs.
     */
    public static void inherit(Path file) throws IOException {
        Path directory = file.toAbsolutePath().resolveSibling("");
        if (isRoots(file, NOFOLLOW_LINKS) && !isRoots(directory)) {
            try {
                // Never through a link, which could lead to any file of the system.
                Files.setAttribute(file, "unix:gid", Files.getAttribute(directory, "unix:gid"), NOFOLLOW_LINKS);
                Files.setAttribute(file, "unix:uid", Files.getAttribute(directory, "unix:uid"), NOFOLLOW_LINKS);
            } catch (IOException e) {
                LOG.warn("{} stays root's, though its directory isn't: {}", file, e.getMessage());
            }
        }
    }

    private static boolean isRoots(Path path, LinkOption... options) throws IOException {
        return Files.getAttribute(path, "unix:uid", options).equals(0);
    }
}
