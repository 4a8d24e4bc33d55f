package dev.chatlist.bootstrap;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.example.messenger.Embedding;
import dev.chatlist.adapter.http.HttpSettings;
import dev.chatlist.adapter.persistence.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

class EmbeddingTest {
    @TempDir
    Path directory = Path.of("");

    @ParameterizedTest
    @ValueSource(strings = {"Embedding", "JdbcTransaction", "Rules"})
    void theReadmeShowsTheProgram(String program) throws IOException {
        String source = Files.readString(Path.of("src/test/java/com/example/messenger/%s.java".formatted(program)));
        String[] parts = source.split(" *// README\n", -1);
        // Every second part stands between two markers.
        assertShown(IntStream.range(0, parts.length / 2)
                .mapToObj(n -> parts[2 * n + 1].stripTrailing().stripIndent())
                .collect(joining("\n\n")));
    }

    @Test
    void theReadmeShowsTheConfigurationOfSpringBoot() throws IOException {
        Path configuration = Path.of("../examples/spring-boot/src/main/java/com/example/shop/ChatConfiguration.java");
        assertShown(
                List.of(Files.readString(configuration).split("\n\n", 2)).get(1).stripTrailing());
    }

    private static void assertShown(String program) throws IOException {
        assertTrue(
                Files.readString(Path.of("../README.md")).contains("```java\n" + program + "\n```\n"),
                () -> "README.md should show:\n" + program);
    }

    @Test
    void persistenceRunsWithoutTheHttpAdapterOnTheClassPath() throws ReflectiveOperationException {
        ClassLoader embedder = new WithoutTheService();
        assertThrows(ClassNotFoundException.class, () -> embedder.loadClass(HttpSettings.class.getName()));
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        try (EmbeddedPostgres server = EmbeddedPostgres.open(directory)) {
            Thread.currentThread().setContextClassLoader(embedder);
            Object chats = embedding(embedder).apply(dataSource(server));
            assertTrue(chats.toString().contains("Who brings the rope?"), chats.toString());
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    @SuppressWarnings("unchecked") // Embedding implements it.
    private static Function<DataSource, Object> embedding(ClassLoader loader) throws ReflectiveOperationException {
        return (Function<DataSource, Object>)
                loader.loadClass(Embedding.class.getName()).getConstructor().newInstance();
    }

    private static DataSource dataSource(EmbeddedPostgres server) {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setUrl(server.jdbcUrl());
        dataSource.setUser(server.user());
        dataSource.setPassword(server.password());
        return dataSource;
    }

    /** Loads all classes anew, except those that an embedding program doesn't have. */
    private static final class WithoutTheService extends ClassLoader {
        private static final List<String> ABSENT = List.of(
                "dev.chatlist.adapter.http.",
                "dev.chatlist.bootstrap.",
                "io.undertow.",
                "org.xnio.",
                "org.jose4j.",
                "com.fasterxml.jackson.",
                "picocli.");

        private final ClassLoader everything = requireNonNull(EmbeddingTest.class.getClassLoader());

        WithoutTheService() {
            super(ClassLoader.getPlatformClassLoader());
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            if (ABSENT.stream().anyMatch(name::startsWith)) {
                throw new ClassNotFoundException(name);
            }
            try (InputStream in = everything.getResourceAsStream(name.replace('.', '/') + ".class")) {
                if (in == null) {
                    throw new ClassNotFoundException(name);
                }
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }

        @Override
        protected @Nullable URL findResource(String name) {
            return everything.getResource(name);
        }

        @Override
        protected Enumeration<URL> findResources(String name) throws IOException {
            return everything.getResources(name);
        }
    }
}
