package dev.chatlist.bootstrap;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Limits the size of files and packages in the main code of all modules. Generated classes don't count. */
class HouseSizeTest {
    private static final int MAX_LINES = 250;
    private static final int MAX_FILES = 18;
    private static final Path PROJECT = Path.of("..");

    @TempDir
    Path directory = Path.of("");

    @Test
    void noFileIsTooLong() throws IOException {
        assertEquals(List.of(), tooLong(PROJECT));
    }

    @Test
    void noPackageHasTooManyFiles() throws IOException {
        assertEquals(List.of(), tooFull(PROJECT));
    }

    @ParameterizedTest
    @ValueSource(strings = {"domain", "application", "adapter-http", "adapter-persistence", "bootstrap", "benchmarks"})
    void eachModuleIsMeasured(String module) throws IOException {
        Path sources = PROJECT.resolve(module).resolve("src/main/java");
        assertTrue(sources(PROJECT).stream().anyMatch(file -> file.startsWith(sources)));
    }

    @Test
    void aFileThatIsTooLongIsNamedWithItsLines() throws IOException {
        write("module/src/main/java/p/Fits.java", MAX_LINES);
        write("module/src/main/java/p/TooLong.java", MAX_LINES + 1);
        write("module/src/main/java/p/jooq/Generated.java", MAX_LINES + 1);
        write("module/src/test/java/p/LongTest.java", MAX_LINES + 1);
        assertEquals(
                List.of("module/src/main/java/p/TooLong.java has 251 lines, at most 250 are allowed"),
                tooLong(directory));
    }

    @Test
    void aPackageThatHasTooManyFilesIsNamedWithTheirNumber() throws IOException {
        for (int i = 0; i <= MAX_FILES; i++) {
            write("module/src/main/java/p/full/C" + i + ".java", 1);
            write("module/src/main/java/p/jooq/C" + i + ".java", 1);
        }
        for (int i = 0; i < MAX_FILES; i++) {
            write("module/src/main/java/p/C" + i + ".java", 1);
        }
        assertEquals(List.of("module/src/main/java/p/full has 19 files, at most 18 are allowed"), tooFull(directory));
    }

    private static List<String> tooLong(Path project) throws IOException {
        List<String> found = new ArrayList<>();
        for (Path file : sources(project)) {
            int lines = Files.readAllLines(file).size();
            if (lines > MAX_LINES) {
                found.add("%s has %d lines, at most %d are allowed"
                        .formatted(project.relativize(file), lines, MAX_LINES));
            }
        }
        return found;
    }

    private static List<String> tooFull(Path project) throws IOException {
        return sources(project).stream()
                .collect(groupingBy(file -> project.relativize(file).getParent(), TreeMap::new, counting()))
                .entrySet()
                .stream()
                .filter(files -> files.getValue() > MAX_FILES)
                .map(files -> "%s has %d files, at most %d are allowed"
                        .formatted(files.getKey(), files.getValue(), MAX_FILES))
                .toList();
    }

    private static List<Path> sources(Path project) throws IOException {
        try (Stream<Path> modules = Files.list(project)) {
            return modules.map(module -> module.resolve("src/main/java"))
                    .filter(Files::isDirectory)
                    .flatMap(HouseSizeTest::javaFiles)
                    .sorted()
                    .toList();
        }
    }

    private static Stream<Path> javaFiles(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            return files
                    .filter(file -> file.toString().endsWith(".java")
                            && !file.toString().contains("/jooq/"))
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(String file, int lines) throws IOException {
        Path path = directory.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, "line\n".repeat(lines));
    }
}
