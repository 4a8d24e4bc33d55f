package dev.chatlist.adapter.persistence.embedded;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A server's main process, which listens and has the server's other processes as children. It is never a child of ours,
 * even if we started it, so the OS doesn't report its end to us.
 *
 * @param startTime when the process started, in the OS's clock ticks, which distinguishes it from a later process with
 *     the same id
 */
record Postmaster(long pid, int port, String startTime) {
    /** The exit code of a check that has found the process to work in another directory. */
    private static final int ELSEWHERE = 3;

    /**
     * Finds the process of the server that runs on a PGDATA directory. The server may not answer yet, or no longer.
     *
     * <p>{@code postmaster.pid} names the process and its port, but remains when the machine or the container goes
     * down. The id may then belong to any process, even to this one. So the file counts only if the process is a {@code
     * postgres} that works in this directory. The server of a copied directory works in the original.
     */
    static Optional<Postmaster> find(Path data, ServerUser user) throws IOException {
        List<String> lines;
        try {
            lines = Files.readAllLines(file(data), ISO_8859_1);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        // The server writes all lines at once: the process's id is the first, the port the fourth.
        if (lines.size() < 4) {
            return Optional.empty();
        }
        String pid = lines.get(0).strip();
        Stat stat = pid.matches("[0-9]+") ? stat(pid) : null;
        return stat != null && isServer(pid, stat, data, user)
                ? Optional.of(new Postmaster(
                        Long.parseLong(pid), Integer.parseInt(lines.get(3).strip()), stat.startTime))
                : Optional.empty();
    }

    /**
     * Whether the process is a {@code postgres} that works in the directory.
     *
     * @throws IOException if that can't be found out. A second server beside a running one would ruin the data.
     */
    private static boolean isServer(String pid, Stat stat, Path data, ServerUser user) throws IOException {
        if (!stat.name.equals("postgres") || belongsToAnother(Path.of("/proc", pid), data)) {
            return false;
        }
        // The process may work in another directory only if that directory can be seen.
        String check = "[ /proc/$0/cwd -ef . ] && exit 0; [ -d /proc/$0/cwd/. ] && exit %s".formatted(ELSEWHERE);
        int status = user.statusOf(data, List.of(0, ELSEWHERE), "sh", "-c", check, pid);
        if (status != 0 && status != ELSEWHERE && stat.equals(stat(pid))) {
            throw new IOException("can't find out whether process %s is its server".formatted(pid));
        }
        return status == 0;
    }

    /** A server refuses to run on a directory of another user. Root can own the entry of any process in /proc. */
    private static boolean belongsToAnother(Path process, Path data) throws IOException {
        try {
            Object owner = Files.getAttribute(process, "unix:uid");
            return !owner.equals(0) && !owner.equals(Files.getAttribute(data, "unix:uid"));
        } catch (NoSuchFileException e) {
            return true;
        }
    }

    static Path file(Path data) {
        return data.resolve("postmaster.pid");
    }

    /** Whether the process is certainly gone. If it can't be looked at, for lack of files to open, it isn't certain. */
    boolean hasEnded() {
        try {
            Stat stat = stat(String.valueOf(pid));
            return stat == null || !stat.startTime.equals(startTime);
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Null if there is no such process, or if it has ended and stays only until its parent reaps it. ProcessHandle calls
     * that one alive.
     */
    private static @Nullable Stat stat(String pid) throws IOException {
        Path file = Path.of("/proc", pid, "stat");
        String text;
        try {
            text = Files.readString(file, ISO_8859_1);
        } catch (IOException e) {
            // The failure is another one if the process ends during the reading.
            if (Files.notExists(file)) {
                return null;
            }
            throw e;
        }
        // The fields follow the name in parentheses: the first is the state, the twentieth the start time.
        int end = text.lastIndexOf(')');
        String[] fields = text.substring(end + 2).split(" ", -1);
        return "ZX".contains(fields[0]) ? null : new Stat(text.substring(text.indexOf('(') + 1, end), fields[19]);
    }

    private record Stat(String name, String startTime) {}
}
