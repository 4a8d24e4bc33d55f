package dev.chatlist.adapter.persistence.embedded;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A server's main process, which listens and has the server's other processes as children. It is never a child of ours,
 * even if we started it, so the OS doesn't report its end to us.
 *
 * @param startTime when the process started, in the OS's clock ticks, which distinguishes it from a later process with
 *     the same id; empty if the OS doesn't show it
 */
record Postmaster(long pid, int port, Optional<String> startTime) {

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
        String isServer = "[ /proc/$0/cwd -ef . ] && [ \"$(cat /proc/$0/comm)\" = postgres ]";
        if (!user.succeeds(data, "sh", "-c", isServer, pid)) {
            return Optional.empty();
        }
        long number = Long.parseLong(pid);
        return Optional.of(new Postmaster(number, Integer.parseInt(lines.get(3).strip()), startTimeOf(number)));
    }

    static Path file(Path data) {
        return data.resolve("postmaster.pid");
    }

    boolean hasEnded() {
        return startTime.isPresent() && !startTime.equals(startTimeOf(pid));
    }

    /** Also empty for an ended process that its parent hasn't reaped, which {@link ProcessHandle} calls alive. */
    private static Optional<String> startTimeOf(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"), ISO_8859_1);
            // The fields follow the name in parentheses: the first is the state, the twentieth the start time.
            List<String> fields =
                    List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1));
            return "ZX".contains(fields.get(0)) ? Optional.empty() : Optional.of(fields.get(19));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
