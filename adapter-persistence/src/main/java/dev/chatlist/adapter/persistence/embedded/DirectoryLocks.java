package dev.chatlist.adapter.persistence.embedded;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * The file locks by which processes share the server of a data directory.
 *
 * <p>A file lock belongs to the whole process, so this class counts the uses within the process. Only one thread of a
 * process may call it at a time, and only while it holds the {@link #openStartLock start lock}.
 */
final class DirectoryLocks {
    private static final String START = "start.lock";
    private static final String IN_USE = "in-use.lock";

    /** This process's use of each directory. */
    private static final Map<Path, Use> USES = new HashMap<>();

    private final DataDirectory directory;

    /** @param directory by its real path, so that one directory has one count */
    DirectoryLocks(DataDirectory directory) {
        this.directory = directory;
    }

    /** The file to lock while opening or closing the server. */
    FileChannel openStartLock() throws IOException {
        return directory.openLockFile(START);
    }

    /** Whether any process uses the directory, this one included. */
    boolean isInUse() throws IOException {
        return USES.containsKey(directory.path()) || isUsedElsewhere();
    }

    /** Must not be called while this process uses the directory: closing a channel frees all our locks on its file. */
    private boolean isUsedElsewhere() throws IOException {
        try (FileChannel channel = directory.openLockFile(IN_USE)) {
            return channel.tryLock() == null;
        }
    }

    void enter() throws IOException {
        Use use = USES.get(directory.path());
        if (use == null) {
            FileChannel channel = directory.openLockFile(IN_USE);
            USES.put(directory.path(), new Use(channel, channel.lock(0, Long.MAX_VALUE, true)));
        } else {
            use.count++;
        }
    }

    /** Returns whether the directory is no longer in use by any process. */
    boolean leave() throws IOException {
        Use use = USES.get(directory.path());
        if (use == null || --use.count > 0) {
            return false;
        }
        USES.remove(directory.path());
        try (FileChannel channel = use.channel) {
            use.lock.release();
            return channel.tryLock() != null;
        }
    }

    private static final class Use {
        final FileChannel channel;
        final FileLock lock;
        int count = 1;

        Use(FileChannel channel, FileLock lock) {
            this.channel = channel;
            this.lock = lock;
        }
    }
}
