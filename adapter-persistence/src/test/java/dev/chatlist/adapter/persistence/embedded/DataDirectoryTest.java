package dev.chatlist.adapter.persistence.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {
    @Test
    void theTargetOfALinkIsNotGivenAway(@TempDir Path theirs, @TempDir Path ours) throws Exception {
        assumeTrue(ServerUser.uid() == 0);
        Files.setAttribute(theirs, "unix:uid", 1);
        Path target = Files.createFile(ours.resolve("file"));
        Files.createSymbolicLink(theirs.resolve("link"), target);
        new DataDirectory(theirs).giveToOwner("link");
        assertEquals(0, Files.getAttribute(target, "unix:uid"));
    }
}
