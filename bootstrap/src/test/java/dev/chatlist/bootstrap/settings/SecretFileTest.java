package dev.chatlist.bootstrap.settings;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretFileTest {
    @TempDir
    Path directory = Path.of("");

    @Test
    void aSecretIsGeneratedOnceAndReadableByItsOwnerAlone() throws IOException {
        Path file = directory.resolve("new/secret");
        byte[] made = SecretFile.readOrCreate(file);
        assertTrue(made.length >= 32);
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        assertArrayEquals(made, SecretFile.readOrCreate(file));
        byte[] another = SecretFile.readOrCreate(directory.resolve("another"));
        assertTrue(!new String(made, UTF_8).equals(new String(another, UTF_8)));
    }

    @Test
    void aSecretGeneratedByRootBelongsToTheOwnerOfTheDirectory() throws IOException {
        assumeTrue(Files.getAttribute(directory, "unix:uid").equals(0));
        Files.setAttribute(directory, "unix:uid", 1);
        SecretFile.readOrCreate(directory.resolve("secret"));
        assertEquals(1, Files.getAttribute(directory.resolve("secret"), "unix:uid"));
    }

    @Test
    void anEmptyFileLeftByACrashIsFilled() throws IOException {
        Path file = Files.createFile(directory.resolve("secret"));
        assertTrue(SecretFile.readOrCreate(file).length >= 32);
    }

    @Test
    void oneLineBreakAtTheEndIsNotPartOfTheSecret() throws IOException {
        Path file = directory.resolve("secret");
        for (String written : new String[] {"s", "s\n", "s\r\n"}) {
            Files.writeString(file, written);
            assertEquals("s", new String(SecretFile.read(file), UTF_8));
        }
        Files.writeString(file, "s \n\n");
        assertEquals("s \n", new String(SecretFile.read(file), UTF_8));
    }

    /** The issuer has the same bytes, and would sign with them. */
    @Test
    void aByteOrderMarkIsPartOfTheSecret() throws IOException {
        Path file = Files.writeString(directory.resolve("secret"), "\uFEFFs\n");
        assertEquals("\uFEFFs", new String(SecretFile.read(file), UTF_8));
    }

    @Test
    void anEndlessFileIsRejected() {
        assertThrows(IOException.class, () -> SecretFile.read(Path.of("/dev/zero")));
    }
}
