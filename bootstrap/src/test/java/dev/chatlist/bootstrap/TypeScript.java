package dev.chatlist.bootstrap;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The TypeScript compiler, which the build unpacks, and the types that openapi-typescript makes of openapi.yaml. */
final class TypeScript {
    private static final Path COMPILER = Path.of("target/typescript/tsc.js");

    private TypeScript() {}

    /** Checks all files of a directory as strictly as the compiler can, and writes JavaScript beside them. */
    static void compile(Path directory) throws IOException, InterruptedException {
        Files.writeString(directory.resolve("package.json"), "{\"type\": \"module\"}");
        Files.writeString(directory.resolve("tsconfig.json"), """
                {"compilerOptions": {
                  "strict": true, "noUncheckedIndexedAccess": true, "exactOptionalPropertyTypes": true,
                  "noImplicitReturns": true, "noUnusedLocals": true, "noUnusedParameters": true,
                  "erasableSyntaxOnly": true, "verbatimModuleSyntax": true, "isolatedModules": true,
                  "module": "nodenext", "target": "es2022", "lib": ["es2022", "dom"], "types": [], "skipLibCheck": true
                }}
                """);
        Process compiler = new ProcessBuilder("node", COMPILER.toString(), "--project", directory.toString())
                .redirectErrorStream(true)
                .start();
        String errors = new String(compiler.getInputStream().readAllBytes(), UTF_8);
        assertEquals(0, compiler.waitFor(), errors);
    }

    /** The schemas of an OpenAPI description as TypeScript. */
    static String types(Path openApi) throws IOException {
        JsonNode schemas =
                new ObjectMapper(new YAMLFactory()).readTree(openApi.toFile()).at("/components/schemas");
        return "export interface components { schemas: {\n"
                + fields(schemas)
                        .map(schema -> "%s: %s;%n".formatted(schema.getKey(), type(schema.getValue())))
                        .collect(joining())
                + "} }\n";
    }

    private static String type(JsonNode schema) {
        if (schema.has("$ref")) {
            String name = schema.get("$ref").textValue().replace("#/components/schemas/", "");
            return "components[\"schemas\"][\"%s\"]".formatted(name);
        }
        if (schema.has("const")) {
            return schema.get("const").toString();
        }
        if (schema.has("enum")) {
            return union(elements(schema.get("enum")).map(JsonNode::toString));
        }
        if (schema.has("properties")) {
            return object(schema);
        }
        if (schema.has("oneOf")) {
            return union(elements(schema.get("oneOf")).map(TypeScript::type));
        }
        String type = schema.path("type").asText();
        return switch (type) {
            case "integer" -> "number";
            case "string", "boolean", "null" -> type;
            case "array" -> schema.has("items") ? "Array<%s>".formatted(type(schema.get("items"))) : "unknown[]";
            default -> throw new IllegalArgumentException("no type for " + schema);
        };
    }

    private static String object(JsonNode schema) {
        List<String> required =
                elements(schema.path("required")).map(JsonNode::textValue).toList();
        return fields(schema.get("properties"))
                .map(property -> property.getKey()
                        + (required.contains(property.getKey()) ? ": " : "?: ")
                        + type(property.getValue()))
                .collect(joining("; ", "{", "}"));
    }

    private static String union(Stream<String> types) {
        return types.collect(joining(" | "));
    }

    private static Stream<JsonNode> elements(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }

    private static Stream<Map.Entry<String, JsonNode>> fields(JsonNode object) {
        return object.properties().stream();
    }
}
