package dev.chatlist.bootstrap;

import static java.nio.charset.StandardCharsets.US_ASCII;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A file that holds a secret and nothing else. A line break at its end, which editors like to add, doesn't count. */
final class SecretFile {
    private static final Logger LOG = LoggerFactory.getLogger(SecretFile.class);
    private static final int MAX_BYTES = 1 << 16;
    private static final int RANDOM_BYTES = 32;

    private SecretFile() {}

    static byte[] read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new IOException("it is longer than %d bytes".formatted(MAX_BYTES));
            }
            warnIfOthersCanRead(file);
            return Arrays.copyOf(bytes, lengthWithoutLineBreak(bytes));
        }
    }

    /** Reads it; makes it first if it isn't there. Any number of processes that do so at once read the same. */
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
            // Until the channel is closed: whoever comes second waits, and finds the file written.
            channel.lock();
            if (channel.size() == 0) {
                LOG.info("Making a secret in {}", file);
                channel.write(ByteBuffer.wrap(randomLine()));
                channel.force(true);
            }
        }
    }

    /** As text, so that it can be copied to where else it is needed. */
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

    private static void warnIfOthersCanRead(Path file) throws IOException {
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
        if (permissions.contains(GROUP_READ) || permissions.contains(OTHERS_READ)) {
            LOG.warn("{} holds a secret, and others can read it; chmod 600 would keep it", file);
        }
    }
}
