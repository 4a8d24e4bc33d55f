package dev.chatlist.bootstrap.settings;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static java.nio.file.attribute.PosixFilePermission.GROUP_READ;
import static java.nio.file.attribute.PosixFilePermission.OTHERS_READ;

import dev.chatlist.adapter.persistence.embedded.DataDirectory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file that contains one secret. A line break at the end, which editors add, isn't part of the secret; every other byte
 * is, also a byte order mark.
 */
public final class SecretFile {
    private static final Logger LOG = LoggerFactory.getLogger(SecretFile.class);
    private static final int MAX_BYTES = 1 << 16;
    private static final int RANDOM_BYTES = 32;

    private SecretFile() {}

    /** Reads the secret, and warns if others can read it too. */
    public static byte[] read(Path file) throws IOException {
        byte[] bytes = readAll(file);
        warnIfOthersCanRead(file);
        return Arrays.copyOf(bytes, lengthWithoutLineBreak(bytes));
    }

    static byte[] readAll(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new IOException("it is longer than %s bytes".formatted(MAX_BYTES));
            }
            return bytes;
        }
    }

    /** @throws CharacterCodingException if the secret isn't text in UTF-8, which would become another one */
    static String readText(Path file) throws IOException {
        return UTF_8.newDecoder().decode(ByteBuffer.wrap(read(file))).toString();
    }

    /** Reads the secret, generating it first if the file is missing. Concurrent processes all read the same one. */
    static byte[] readOrCreate(Path file) throws IOException {
        if (Files.notExists(file) || Files.size(file) == 0) {
            create(file);
        }
        return read(file);
    }

    private static void create(Path file) throws IOException {
        DataDirectory directory = new DataDirectory(file.resolveSibling(""));
        directory.create();
        try (FileChannel channel = directory.openPrivate(file.getFileName().toString(), CREATE, READ, WRITE)) {
            // Held until the channel is closed: a second process waits here, and then finds the file written.
            channel.lock();
            if (channel.size() == 0) {
                LOG.info("Making a secret in {}", file);
                channel.write(ByteBuffer.wrap(randomLine()));
                channel.force(true);
            }
        }
    }

    /** Generates text, which is easy to copy. */
    private static byte[] randomLine() {
        byte[] random = new byte[RANDOM_BYTES];
        new SecureRandom().nextBytes(random);
        return (Base64.getUrlEncoder().withoutPadding().encodeToString(random) + "\n").getBytes(US_ASCII);
    }

    private static int lengthWithoutLineBreak(byte[] bytes) {
        int length = bytes.length;
        length -= length > 0 && bytes[length - 1] == '\n' ? 1 : 0;
        return length - (length > 0 && bytes[length - 1] == '\r' ? 1 : 0);
    }

    static void warnIfOthersCanRead(Path file) throws IOException {
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
        if (permissions.contains(GROUP_READ) || permissions.contains(OTHERS_READ)) {
            LOG.warn("{} contains a secret that other users can read; run chmod 600 on it", file);
        }
    }
}
