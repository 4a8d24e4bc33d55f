package dev.chatlist.adapter.persistence;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The process that a server is: it listens, and the others are its children. It isn't ours, even if we started it, so
 * the system doesn't tell us of its end.
 *
 * @param begun when it began, as the system counts, which tells it from later ones of the same number; none if the
 *     system shows no such thing of this process
 */
record Postmaster(long pid, int port, Optional<String> begun) {

    static Postmaster of(String pid, String port) {
        long number = Long.parseLong(pid);
        return new Postmaster(number, Integer.parseInt(port), begunOf(number));
    }

    /** Whether it was seen to live, and now isn't. */
    boolean hasEnded() {
        return begun.isPresent() && !begun.equals(begunOf(pid));
    }

    /** None also for a process that has ended and whose parent doesn't care, which {@link ProcessHandle} calls alive. */
    private static Optional<String> begunOf(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"), ISO_8859_1);
            // After the name, in parentheses: the state first, the time twentieth.
            List<String> fields =
                    List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1));
            return "ZX".contains(fields.get(0)) ? Optional.empty() : Optional.of(fields.get(19));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
