package dev.chatlist.adapter.persistence;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Who runs the embedded server's programs: we ourselves or, as PostgreSQL refuses root, somebody without privileges.
 *
 * <p>Nothing of our environment reaches the programs but a search path: {@code PGDATA}, {@code LC_ALL} and their like
 * would change what they do.
 */
final class ServerUser {
    private static final String ROOT = "root";

    private final String searchPath;
    private final String name;
    private final List<String> runAs;

    private ServerUser(String searchPath, String name, List<String> runAs) {
        this.searchPath = searchPath;
        this.name = name;
        this.runAs = runAs;
    }

    /** Where the tools that become somebody else are found; not every user's path names the system's directories. */
    static String searchPath() {
        String ours = System.getenv("PATH");
        return (ours == null ? "" : ours + ":") + "/usr/sbin:/usr/bin:/sbin:/bin";
    }

    /** Who we are, by number; asked of a program, as /proc calls privileged programs root's. */
    static int uid() throws IOException {
        return Integer.parseInt(new ServerUser(searchPath(), "", List.of()).run(Path.of("/"), "", "id", "-u"));
    }

    /**
     * For ordinary users, themselves. For root the directory's owner or, if there is none yet, whose it would be in,
     * so that a user's data are the user's after root once looked in; or {@code nobody} if the owner is root, or has
     * no name and so can't create data.
     */
    static ServerUser of(Path directory, String searchPath) throws IOException {
        if (uid() != 0) {
            return new ServerUser(searchPath, "", List.of());
        }
        boolean exists = Files.exists(directory);
        String owner = ownerOf(exists ? directory : directory.resolveSibling(""));
        boolean unfit = owner.equals(ROOT) || (!exists && owner.matches("[0-9]+"));
        return unprivileged(unfit ? "nobody" : owner, searchPath);
    }

    /** The first way of becoming somebody else that works here: each is missing or refused in some container. */
    private static ServerUser unprivileged(String name, String searchPath) throws IOException {
        List<ServerUser> ways = List.of(
                new ServerUser(searchPath, name, shell("setpriv --reuid=$0 --regid=$(id -g $0) --clear-groups", name)),
                new ServerUser(searchPath, name, List.of("runuser", "-u", name, "--")),
                new ServerUser(
                        searchPath, name, List.of("su", "-s", "/bin/sh", "-c", "exec \"$0\" \"$@\"", "--", name)),
                // Files are root's to somebody who was root before entering a user namespace.
                new ServerUser(searchPath, ROOT, List.of("unshare", "-U", "--")));
        for (ServerUser way : ways) {
            if (way.execute(way.runAs, Path.of("/"), "", "sh", "-c", "test $(id -u) -ne 0").status == 0) {
                return way;
            }
        }
        throw new IOException("PostgreSQL does not run as root, and none of setpriv, runuser, su and unshare"
                + " can run it as user " + name + " here; start Chatlist as an ordinary user");
    }

    private static List<String> shell(String words, String argument) {
        return List.of("sh", "-c", "exec " + words + " \"$@\"", argument);
    }

    /** Makes a directory and all in it this user's, which only root can and need do. */
    void own(Path directory) throws IOException {
        if (!runAs.isEmpty() && !ownerOf(directory).equals(name)) {
            execute(List.of(), directory, "", "chown", "-R", name + ":", ".").requireSuccess();
        }
    }

    /**
     * Runs a program and waits for it.
     *
     * @param directory where it runs; only we, not this user, need be able to reach it
     * @param input what it reads from its standard input
     * @return what it printed
     * @throws IOException if it fails; the message is the end of what it printed
     */
    String run(Path directory, String input, String... command) throws IOException {
        return execute(runAs, directory, input, command).requireSuccess();
    }

    /** Whether the program ends with status 0, run as this user or, should that one not be allowed to, as ourselves. */
    boolean succeeds(Path directory, String... command) throws IOException {
        return execute(runAs, directory, "", command).status == 0
                || execute(List.of(), directory, "", command).status == 0;
    }

    private Ended execute(List<String> runAs, Path directory, String input, String... command) throws IOException {
        List<String> words = new ArrayList<>(List.of("/usr/bin/env", "-i", "LC_ALL=C", "PATH=" + searchPath));
        words.addAll(runAs);
        words.addAll(List.of(command));
        Process process = new ProcessBuilder(words)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        try (OutputStream stdin = process.getOutputStream()) {
            stdin.write(input.getBytes(UTF_8));
        }
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        return new Ended(command[0], statusOf(process), output.strip());
    }

    private static int statusOf(Process process) throws IOException {
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }

    private static String ownerOf(Path path) throws IOException {
        return Files.getOwner(path).getName();
    }

    /** The last lines of what a program said, where its reasons stand, as one line. */
    static String endOf(String output) {
        List<String> lines = output.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
        return String.join(" | ", lines.subList(Math.max(0, lines.size() - 4), lines.size()));
    }

    private record Ended(String program, int status, String output) {
        String requireSuccess() throws IOException {
            if (status != 0) {
                throw new IOException(
                        output.isEmpty() ? "%s ended with status %d".formatted(program, status) : endOf(output));
            }
            return output;
        }
    }
}
