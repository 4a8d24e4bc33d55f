package dev.chatlist.adapter.persistence.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

class PostgresBinariesTest {
    @TempDir
    Path directory = Path.of("");

    @Test
    void archiveInAJarIsIdentifiedByTheJarsDirectory() throws Exception {
        byte[] archive = archiveOf("18");
        byte[] spoilt = jarOf(archive);
        // Its bytes no longer match the jar's directory, which only a reader of the bytes would notice.
        Arrays.fill(spoilt, 60, 120, (byte) 0);
        String identity = PostgresBinaries.identity(inJar("a", jarOf(archive)));
        assertEquals(identity, PostgresBinaries.identity(inJar("b", spoilt)));
        assertNotEquals(identity, PostgresBinaries.identity(inJar("c", jarOf(archiveOf("19")))));
    }

    @Test
    void archiveOutsideAJarIsIdentifiedByItsContent() throws Exception {
        URL one = Files.write(directory.resolve("one"), archiveOf("18")).toUri().toURL();
        URL same =
                Files.write(directory.resolve("same"), archiveOf("18")).toUri().toURL();
        URL other =
                Files.write(directory.resolve("other"), archiveOf("19")).toUri().toURL();
        assertEquals(PostgresBinaries.identity(one), PostgresBinaries.identity(same));
        assertNotEquals(PostgresBinaries.identity(one), PostgresBinaries.identity(other));
    }

    @Test
    void halfUnpackedProgramsAreNeverUsed() throws Exception {
        byte[] archive = archiveOf("18");
        URL cut = inJar("cut", jarOf(Arrays.copyOf(archive, archive.length - 20)));
        assertThrows(IOException.class, () -> PostgresBinaries.unpackedIn(directory, cut));
        assertFalse(Files.exists(directory.resolve("chatlist-postgresql-" + PostgresBinaries.identity(cut))));

        URL whole = inJar("whole", jarOf(archive));
        String name = "chatlist-postgresql-" + PostgresBinaries.identity(whole);
        Path killedAtThis = Files.createDirectories(directory.resolve(name + ".partial/bin"));
        Files.writeString(killedAtThis.resolve("postgres"), "1");
        Path home = PostgresBinaries.unpackedIn(directory, whole);
        assertEquals("18", Files.readString(home.resolve("bin/postgres")));
        assertFalse(Files.exists(directory.resolve(name + ".partial")));
        assertTrue(Files.isExecutable(home.resolve("bin/postgres")));
    }

    private URL inJar(String name, byte[] jar) throws IOException {
        Path file = Files.write(directory.resolve(name + ".jar"), jar);
        return URI.create("jar:" + file.toUri() + "!/postgres.txz").toURL();
    }

    private static byte[] jarOf(byte[] archive) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream jar = new ZipOutputStream(bytes)) {
            jar.putNextEntry(new ZipEntry("postgres.txz"));
            jar.write(archive);
        }
        return bytes.toByteArray();
    }

    private static byte[] archiveOf(String program) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(new XZOutputStream(bytes, new LZMA2Options()))) {
            TarArchiveEntry entry = new TarArchiveEntry("bin/postgres");
            entry.setMode(0100755);
            entry.setSize(program.length());
            entry.setModTime(0);
            tar.putArchiveEntry(entry);
            tar.write(program.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            tar.closeArchiveEntry();
        }
        return bytes.toByteArray();
    }
}
