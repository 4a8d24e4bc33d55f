package dev.chatlist.adapter.persistence.embedded;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static java.util.Objects.requireNonNull;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * PostgreSQL's programs, unpacked from an archive on the class path or module path. They take 60 MB and stay for the
 * next run, in a directory named after the archive. No other user may write there, because replacing a program gives
 * access to the data. That rules out {@code /tmp}, where cleaners would also delete the programs of a running server.
 */
record PostgresBinaries(Path home, String version) {

    /**
     * Unpacks the programs where the user can run them, unless they are there already: in the cache directory, or else
     * beside the data. The cache directory fails on a read-only system, for example, or for a user without a home.
     *
     * @throws IOException if the user can't run them in either place
     */
    static PostgresBinaries unpacked(URL archive, ServerUser user, Path dataDirectory) throws IOException {
        List<String> failures = new ArrayList<>();
        for (Path place : places(dataDirectory)) {
            try {
                Path home = unpackedIn(place, archive);
                String answer = user.run(home, "", home.resolve("bin/postgres").toString(), "--version");
                return new PostgresBinaries(home, answer.substring(answer.lastIndexOf(' ') + 1));
            } catch (IOException e) {
                failures.add("in " + place + ": " + Reason.of(e));
            }
        }
        throw new IOException("its programs can't be unpacked and run " + String.join("; ", failures));
    }

    String program(String name) {
        return home.resolve("bin").resolve(name).toString();
    }

    String majorVersion() {
        return version.substring(0, version.indexOf('.'));
    }

    /** @throws IOException if the class path has no programs for this machine */
    static URL archive() throws IOException {
        String system = System.getProperty("os.name") + " " + System.getProperty("os.arch");
        String name = switch (system) {
            case "Linux amd64" -> "postgres-linux-x86_64.txz";
            case "Linux aarch64" -> "postgres-linux-arm_64.txz";
            default -> "";
        };
        // On the module path, the class itself finds nothing outside of its own module.
        ClassLoader loader = requireNonNull(PostgresBinaries.class.getClassLoader());
        URL archive = name.isEmpty() ? null : loader.getResource(name);
        if (archive == null) {
            throw new IOException("there are no programs for " + system
                    + " here; run PostgreSQL 14 or newer yourself and say where by --jdbc-url");
        }
        return archive;
    }

    private static List<Path> places(Path dataDirectory) throws IOException {
        Map<String, String> environment = System.getenv();
        String usual = environment.getOrDefault("HOME", "") + "/.cache";
        String chosen = environment.getOrDefault("XDG_CACHE_HOME", "");
        Path cache = Path.of(ServerUser.uid() == 0 ? "/var/cache" : chosen.isEmpty() ? usual : chosen);
        return cache.isAbsolute() ? List.of(cache, dataDirectory) : List.of(dataDirectory);
    }

    static Path unpackedIn(Path place, URL archive) throws IOException {
        Path home = place.resolve("chatlist-postgresql-" + identity(archive));
        if (!Files.exists(home, NOFOLLOW_LINKS)) {
            if (!Files.isDirectory(place)) {
                Files.createDirectories(place);
            }
            try (FileChannel lock = FileChannel.open(Path.of(home + ".lock"), CREATE, WRITE)) {
                lock.lock();
                if (!Files.exists(home, NOFOLLOW_LINKS)) {
                    unpack(archive, Path.of(home + ".partial"), home);
                }
            }
        }
        if (!Files.isDirectory(home, NOFOLLOW_LINKS)
                || !Files.getAttribute(home, "unix:uid").equals(ServerUser.uid())) {
            throw new IOException(home + " belongs to another user");
        }
        return home;
    }

    private static void unpack(URL archive, Path partial, Path home) throws IOException {
        deleteRecursively(partial);
        try (TarArchiveInputStream tar =
                new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(archive.openStream())))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                unpack(tar, entry, partial);
            }
            openDirectories(partial);
            Files.move(partial, home, ATOMIC_MOVE);
        } finally {
            deleteRecursively(partial);
        }
    }

    private static void unpack(TarArchiveInputStream tar, TarArchiveEntry entry, Path target) throws IOException {
        Path path = target.resolve(entry.getName());
        Files.createDirectories(entry.isDirectory() ? path : path.getParent());
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
        } else if (entry.isFile()) {
            Files.copy(tar, path);
            // If the machine goes down after the rename, the final name must not hold half a file.
            try (FileChannel file = FileChannel.open(path, WRITE)) {
                file.force(true);
            }
            boolean executable = (entry.getMode() & 0100) != 0;
            Files.setPosixFilePermissions(
                    path, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
        }
    }

    /** Opens the directories to all users, despite the umask, and syncs them, as the files have been. */
    private static void openDirectories(Path directory) throws IOException {
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : (Iterable<Path>) paths.filter(Files::isDirectory)::iterator) {
                Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
                sync(path);
            }
        }
    }

    /** Makes the names in a directory last if the machine goes down. */
    static void sync(Path directory) throws IOException {
        try (FileChannel names = FileChannel.open(directory, READ)) {
            names.force(true);
        }
    }

    static void deleteRecursively(Path directory) throws IOException {
        if (Files.exists(directory, NOFOLLOW_LINKS)) {
            try (Stream<Path> paths = Files.walk(directory)) {
                for (Path path : (Iterable<Path>) paths.sorted(Comparator.reverseOrder())::iterator) {
                    Files.delete(path);
                }
            }
        }
    }

    /**
     * Identifies an archive by the checksum and size in its jar's directory. Reading its 15 MB instead would add a
     * fifth of a second to every start. An archive outside a jar is read.
     */
    static String identity(URL archive) throws IOException {
        if (archive.openConnection() instanceof JarURLConnection jar) {
            JarEntry entry = jar.getJarEntry();
            if (entry.getCrc() >= 0 && entry.getSize() >= 0) {
                return "%08x-%s".formatted(entry.getCrc(), entry.getSize());
            }
        }
        return digest(archive);
    }

    private static String digest(URL archive) throws IOException {
        try (InputStream bytes = archive.openStream()) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            bytes.transferTo(new DigestOutputStream(OutputStream.nullOutputStream(), digest));
            return HexFormat.of().formatHex(digest.digest(), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
