package dev.chatlist.adapter.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jooq.codegen.GenerationTool;
import org.jooq.meta.jaxb.Configuration;
import org.jooq.meta.jaxb.Database;
import org.jooq.meta.jaxb.ForcedType;
import org.jooq.meta.jaxb.Generate;
import org.jooq.meta.jaxb.Generator;
import org.jooq.meta.jaxb.Logging;
import org.jooq.meta.jaxb.SchemaMappingType;
import org.jooq.meta.jaxb.Target;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The committed jOOQ classes match the migrations. After a change of the tables, this command writes them again. It needs
 * code that compiles.
 *
 * <pre>mvn test -pl adapter-persistence -am -Dtest=GeneratedClassesTest -Dsurefire.failIfNoSpecifiedTests=false
 *     -Dspotless.check.skip -Dchatlist.generate=true</pre>
 */
class GeneratedClassesTest {
    private static final Path COMMITTED = Path.of("src/main/java");
    private static final Path PACKAGE = Path.of("dev/chatlist/adapter/persistence/sql/jooq");

    @Test
    void committedClassesMatchTheMigrations(@TempDir Path generated) throws Exception {
        boolean rewrite = Boolean.getBoolean("chatlist.generate");
        Path target = rewrite ? COMMITTED : generated;
        generate(target);
        Map<String, String> expected = sources(target);
        Map<String, String> committed = sources(COMMITTED);
        assertEquals(expected.keySet(), committed.keySet());
        expected.forEach((file, source) -> assertTrue(
                source.equals(committed.get(file)), file + " differs: run the command in this test's Javadoc"));
    }

    private static void generate(Path directory) throws Exception {
        try (TestSchema schema = new TestSchema();
                Connection connection = schema.connect()) {
            GenerationTool generator = new GenerationTool();
            generator.setConnection(connection);
            generator.run(configuration(schema.name, directory));
        }
    }

    private static Configuration configuration(String schema, Path directory) {
        return new Configuration()
                .withLogging(Logging.WARN)
                .withGenerator(new Generator()
                        .withDatabase(new Database()
                                .withName("org.jooq.meta.postgres.PostgresDatabase")
                                .withSchemata(new SchemaMappingType()
                                        .withInputSchema(schema)
                                        .withOutputSchema("chatlist"))
                                .withIncludes(
                                        "users|rooms|memberships|messages|room_activity|membership_changes|departures|epoch|netstring")
                                .withIncludeCheckConstraints(false)
                                .withIncludeRoutines(true)
                                .withIncludeSequences(false)
                                .withIncludeDomains(false)
                                .withIncludeUDTs(false)
                                .withForcedTypes(
                                        new ForcedType().withName("CLOB").withIncludeTypes("id|text"),
                                        new ForcedType().withName("BIGINT").withIncludeTypes("nanoseconds")))
                        .withGenerate(new Generate()
                                .withRecords(false)
                                .withIndexes(false)
                                .withRelations(false)
                                .withKeys(false)
                                .withGlobalKeyReferences(false)
                                .withGlobalIndexReferences(false)
                                .withDefaultCatalog(false)
                                .withImplicitJoinPathsToOne(false)
                                .withWhereMethodOverrides(false)
                                .withRenameMethodOverrides(false)
                                .withGeneratedAnnotation(false)
                                .withJavadoc(true)
                                .withComments(false))
                        .withTarget(new Target()
                                .withPackageName(PACKAGE.toString().replace('/', '.'))
                                .withDirectory(directory.toString())));
    }

    private static Map<String, String> sources(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root.resolve(PACKAGE))) {
            Map<String, String> sources = new TreeMap<>();
            files.filter(Files::isRegularFile)
                    .forEach(file -> sources.put(root.relativize(file).toString(), read(file)));
            return sources;
        }
    }

    private static String read(Path file) {
        try {
            // A warning that jOOQ suppresses when it runs on a JDK that has it.
            return Files.readString(file).replace(", \"this-escape\"", "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
