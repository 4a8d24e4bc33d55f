package dev.chatlist.bootstrap;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The launcher script, in a project of two files, with a Maven and a Java that only note what they were called with. */
class LauncherTest {
    @TempDir
    Path project = Path.of("");

    private Path source = Path.of("");

    @BeforeEach
    void layOut() throws IOException {
        source = project.resolve("domain/src/main/java/Room.java");
        Files.createDirectories(source.getParent());
        Files.writeString(source, "class Room {}");
        Files.createDirectories(project.resolve("bootstrap"));
        Files.writeString(project.resolve("pom.xml"), "<project/>");
        Files.writeString(project.resolve("domain/pom.xml"), "<project/>");
        Files.createDirectories(project.resolve("docs"));
        Files.writeString(project.resolve("docs/openapi.yaml"), "openapi: 3.1.0\n");
        script("chatlist", Files.readString(Path.of("../chatlist")));
        script("bootstrap/src/release/launch.sh", Files.readString(Path.of("src/release/launch.sh")));
        script(
                "bin/mvn",
                "#!/bin/sh\necho built >>\"$NOTES\"\nmkdir -p bootstrap/target\n: >bootstrap/target/chatlist.jar\n");
        script(
                "jdk/bin/java",
                "#!/bin/sh\ncase $* in *ArchiveClasses*) exit 1 ;; esac\necho \"ran in $LC_ALL\" >>\"$NOTES\"\n");
        Files.writeString(project.resolve("jdk/release"), "JAVA_VERSION=\"17.0.1\"\n");
    }

    private void script(String name, String text) throws IOException {
        Path file = project.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        file.toFile().setExecutable(true);
    }

    private List<String> run(Map<String, String> environment) throws IOException, InterruptedException {
        Path notes = project.resolve("notes");
        Files.deleteIfExists(notes);
        ProcessBuilder launcher = new ProcessBuilder(project.resolve("chatlist").toString(), "--version")
                .redirectErrorStream(true)
                .redirectOutput(project.resolve("output").toFile());
        launcher.environment().keySet().removeIf(name -> name.equals("LANG") || name.startsWith("LC_"));
        launcher.environment().putAll(environment);
        launcher.environment().put("NOTES", notes.toString());
        launcher.environment().put("JAVA_HOME", project.resolve("jdk").toString());
        launcher.environment().merge("PATH", project.resolve("bin").toString(), (path, bin) -> bin + ":" + path);
        assertEquals(0, launcher.start().waitFor(), () -> output());
        return Files.readAllLines(notes);
    }

    private String output() {
        try {
            return Files.readString(project.resolve("output"), UTF_8);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private List<String> run() throws IOException, InterruptedException {
        return run(Map.of("LC_ALL", "C.utf8"));
    }

    @Test
    void itBuildsOnceAndAgainAfterEveryChange() throws Exception {
        List<String> built = List.of("built", "ran in C.utf8");
        List<String> ran = List.of("ran in C.utf8");
        assertEquals(built, run());
        assertEquals(ran, run());

        Files.writeString(source, "class Room { }");
        assertEquals(built, run());
        assertEquals(ran, run());

        Files.writeString(project.resolve("docs/openapi.yaml"), "openapi: 3.1.0 # edited\n");
        assertEquals(built, run());
        assertEquals(ran, run());

        Files.delete(source);
        assertEquals(built, run());
        assertEquals(ran, run());
    }

    @Test
    void aSourceFromTheFutureIsBuiltOnce() throws Exception {
        run();
        Files.setLastModifiedTime(
                project.resolve("pom.xml"), FileTime.from(Instant.now().plus(Duration.ofDays(30))));
        assertEquals(List.of("built", "ran in C.utf8"), run());
        assertEquals(List.of("ran in C.utf8"), run());

        Files.writeString(source, "class Room { }");
        assertEquals(List.of("built", "ran in C.utf8"), run(), "an ordinary change is noticed");
    }

    @Test
    void anOldSourceThatComesBackIsBuilt() throws Exception {
        run();
        Files.setLastModifiedTime(source, FileTime.from(Instant.now().minus(Duration.ofDays(30))));
        assertEquals(List.of("built", "ran in C.utf8"), run());
    }

    @Test
    void aJarThatMavenAloneHasBuiltIsUsedUntilASourceIsNewer() throws Exception {
        run();
        Instant later = Instant.now().plus(Duration.ofDays(30));
        Files.writeString(source, "class Room { }");
        Files.setLastModifiedTime(project.resolve("bootstrap/target/chatlist.jar"), FileTime.from(later));
        assertEquals(List.of("ran in C.utf8"), run());
        Files.setLastModifiedTime(source, FileTime.from(later.plusSeconds(1)));
        assertEquals(List.of("built", "ran in C.utf8"), run());
    }

    @ParameterizedTest
    @CsvSource({
        "LC_ALL, C, C.UTF-8",
        "LC_ALL, POSIX, C.UTF-8",
        "LC_ALL, '', C.UTF-8",
        "LC_ALL, xx_YY.UTF-8, C.UTF-8",
        "LC_ALL, C.utf8, C.utf8"
    })
    void aLocaleOfAsciiIsReplaced(String name, String value, String used) throws Exception {
        assertEquals(List.of("built", "ran in " + used), run(Map.of(name, value)));
    }
}
