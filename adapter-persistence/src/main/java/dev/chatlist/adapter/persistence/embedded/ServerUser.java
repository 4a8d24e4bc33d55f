package dev.chatlist.adapter.persistence.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * The operating-system user that runs PostgreSQL's programs: the current user or, because PostgreSQL refuses root, an
 * unprivileged one.
 *
 * <p>The programs get no environment variable of ours but a search path. {@code PGDATA} and {@code LC_ALL}, for
 * example, would change their behaviour.
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

    /** The path on which to find tools like setpriv. Not every user's own path has the system's directories. */
    static String searchPath() {
        String ours = System.getenv("PATH");
        return (ours == null ? "" : ours + ":") + "/usr/sbin:/usr/bin:/sbin:/bin";
    }

    /** The current user's id. Asked of {@code id}, because the owner of /proc/self is root for privileged programs. */
    static int uid() throws IOException {
        return Integer.parseInt(new ServerUser(searchPath(), "", List.of()).run(Path.of("/"), "", "id", "-u"));
    }

    /**
     * For an ordinary user, that user. For root, the owner of the directory or, before it exists and while it is root's,
     * as a fresh volume is, the owner of its parent. So a user's data remain the user's after root has used them. But
     * {@code nobody} if that owner is root, or has no name and so can't create data.
     */
    static ServerUser of(Path directory, String searchPath) throws IOException {
        if (uid() != 0) {
            return new ServerUser(searchPath, "", List.of());
        }
        boolean isOwned =
                new DataDirectory(directory).exists() && !ownerOf(directory).equals(ROOT);
        String owner = ownerOf(isOwned ? directory : directory.resolveSibling(""));
        boolean unfit = owner.equals(ROOT) || (!isOwned && owner.matches("[0-9]+"));
        return unprivileged(unfit ? "nobody" : owner, searchPath);
    }

    /** Takes the first way to change users that works here. Each is missing or refused in some container. */
    private static ServerUser unprivileged(String name, String searchPath) throws IOException {
        List<ServerUser> ways = List.of(
                new ServerUser(searchPath, name, shell("setpriv --reuid=$0 --regid=$(id -g $0) --clear-groups", name)),
                new ServerUser(searchPath, name, List.of("runuser", "-u", name, "--")),
                new ServerUser(
                        searchPath, name, List.of("su", "-s", "/bin/sh", "-c", "exec \"$0\" \"$@\"", "--", name)),
                // In a user namespace of its own, a root process still owns root's files.
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

    /** Gives a directory and its content to this user. Only root can do so, and only root needs to. */
    void own(Path directory) throws IOException {
        if (!runAs.isEmpty() && !ownerOf(directory).equals(name)) {
            execute(List.of(), directory, "", "chown", "-R", name + ":", ".").requireSuccess();
        }
    }

    /**
     * Runs a program and waits for it.
     *
     * @param directory the working directory; the current user must be able to reach it, this user need not
     * @param input the program's standard input
     * @return the program's output, standard error included
     * @throws IOException if the program fails; the message is the end of its output
     */
    String run(Path directory, String input, String... command) throws IOException {
        return execute(runAs, directory, input, command).requireSuccess();
    }

    /**
     * Runs a program as this user or else, if this user can't run it, as the current one.
     *
     * @param expected the statuses by which the program tells its result; any other is a failure to run it
     */
    int statusOf(Path directory, List<Integer> expected, String... command) throws IOException {
        int status = execute(runAs, directory, "", command).status;
        return expected.contains(status) ? status : execute(List.of(), directory, "", command).status;
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
        // On a thread of its own, because a thread that reads from a pipe can't be interrupted.
        FutureTask<byte[]> output = new FutureTask<>(process.getInputStream()::readAllBytes);
        Thread reader = new Thread(output, "chatlist-postgresql-output");
        reader.setDaemon(true);
        reader.start();
        try {
            String said = new String(output.get(), UTF_8).strip();
            return new Ended(command[0], process.waitFor(), said);
        } catch (ExecutionException e) {
            throw new IOException("can't read the output of " + command[0], e.getCause());
        } catch (InterruptedException e) {
            process.descendants().forEach(ProcessHandle::destroy);
            process.destroy();
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted during " + command[0]);
        }
    }

    private static String ownerOf(Path path) throws IOException {
        return Files.getOwner(path).getName();
    }

    private record Ended(String program, int status, String output) {
        String requireSuccess() throws IOException {
            if (status != 0) {
                throw new IOException(
                        output.isEmpty() ? "%s ended with status %s".formatted(program, status) : Reason.of(output));
            }
            return output;
        }
    }
}
