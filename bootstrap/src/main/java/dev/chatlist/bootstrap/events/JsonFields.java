package dev.chatlist.bootstrap.events;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.chatlist.domain.UserId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a JSON object, in one of two directions. A field of a line is read. A field of a value is written, by
 * its getter, and then read: what is written can be read again. Blank texts, empty lists and false are left out.
 *
 * <p>Treats {@code null} like a missing key. Each fault is an {@link IllegalArgumentException} that names the key and
 * the expected value.
 *
 * @param value what to write; null to read
 * @param <T> what the fields are those of
 */
record JsonFields<T>(ObjectNode json, @Nullable T value) {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    static <T> JsonFields<T> of(String line) {
        try (JsonParser parser = JSON.createParser(line)) {
            JsonNode json = parser.readValueAsTree();
            if (!(json instanceof ObjectNode object)) {
                throw new IllegalArgumentException("must be a JSON object, it is " + kindOf(json));
            }
            if (parser.nextToken() != null) {
                throw new IllegalArgumentException("must be one JSON object, there is text after it");
            }
            return new JsonFields<>(object, null);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not JSON: " + reason(e), e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static <T> JsonFields<T> of(T value) {
        return new JsonFields<>(JSON.createObjectNode(), value);
    }

    /** The fields of a part, which are in the same object. */
    <P> JsonFields<P> part(Function<T, P> part) {
        return new JsonFields<>(json, value == null ? null : part.apply(value));
    }

    /** Jackson names its source and its own switches, which the author of a file doesn't have. */
    private static String reason(JsonProcessingException e) {
        String reason = e.getOriginalMessage()
                .replaceFirst(": maybe a .*| \\((start marker|for \\w+ starting) at .*|(: |, | \\()[^:(]*`.*", "");
        return e.getLocation() == null
                ? reason
                : reason + ", at character " + e.getLocation().getColumnNr();
    }

    <I> I id(String key, Function<String, I> constructor, Function<T, I> getter) {
        write(getter, null, id -> json.put(key, id.toString()));
        String id = required(key, JsonNode::isTextual, "a string").textValue();
        return naming(key, () -> constructor.apply(id));
    }

    List<UserId> userIds(String key, Function<T, List<UserId>> getter) {
        write(getter, List.of(), ids -> {
            ArrayNode array = json.putArray(key);
            ids.forEach(id -> array.add(id.value()));
        });
        JsonNode array = optional(key, JsonNode::isArray, "an array of strings");
        List<UserId> ids = new ArrayList<>();
        if (array != null) {
            for (JsonNode id : array) {
                String text = expect(key, id, JsonNode::isTextual, "an array of strings")
                        .textValue();
                ids.add(naming(key, () -> new UserId(text)));
            }
        }
        return ids;
    }

    String text(String key, Function<T, String> getter) {
        write(getter, "", text -> json.put(key, text));
        JsonNode text = optional(key, JsonNode::isTextual, "a string");
        return text == null ? "" : text.textValue();
    }

    boolean flag(String key, Function<T, Boolean> getter) {
        write(getter, false, flag -> json.put(key, flag));
        JsonNode flag = optional(key, JsonNode::isBoolean, "true or false");
        return flag != null && flag.booleanValue();
    }

    long time(String key, Function<T, Long> getter) {
        write(getter, null, time -> json.put(key, time));
        return required(
                        key,
                        time -> time.isIntegralNumber() && time.canConvertToLong(),
                        "an integer of nanoseconds since the epoch, 0 to 2^63 - 1")
                .longValue();
    }

    private <V> void write(Function<T, V> getter, @Nullable V omitted, Consumer<V> put) {
        V written = value == null ? omitted : getter.apply(value);
        if (written != null && !written.equals(omitted)) {
            put.accept(written);
        }
    }

    JsonNode required(String key, Function<JsonNode, Boolean> fits, String wanted) {
        JsonNode value = optional(key, fits, wanted);
        if (value == null) {
            throw new IllegalArgumentException("%s is missing; it must be %s".formatted(key, wanted));
        }
        return value;
    }

    private @Nullable JsonNode optional(String key, Function<JsonNode, Boolean> fits, String wanted) {
        JsonNode value = json.get(key);
        return value == null || value.isNull() ? null : expect(key, value, fits, wanted);
    }

    private static JsonNode expect(String key, JsonNode value, Function<JsonNode, Boolean> fits, String wanted) {
        if (!fits.apply(value)) {
            throw new IllegalArgumentException("%s must be %s, it is %s".formatted(key, wanted, kindOf(value)));
        }
        return value;
    }

    /** Adds the file's key to a message of the domain, which knows only its own field names. */
    static <V> V naming(String key, Supplier<V> value) {
        try {
            return value.get();
        } catch (IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage());
            throw new IllegalArgumentException(message.startsWith(key + " ") ? message : key + ": " + message, e);
        }
    }

    private static String kindOf(JsonNode value) {
        String kind = value.getNodeType().name().toLowerCase(Locale.ROOT);
        return value.isNull() ? kind : value.isContainerNode() ? "an " + kind : "the " + kind + " " + shortened(value);
    }

    static String shortened(JsonNode value) {
        String json = value.toString();
        return json.codePointCount(0, json.length()) <= 40
                ? json
                : json.substring(0, json.offsetByCodePoints(0, 39)) + "…";
    }
}
