package dev.chatlist.adapter.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.chatlist.domain.PageRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code {"page": 1, "size": 20}}. It reads token by token instead of binding an object, because the failures are
 * part of the contract: a string isn't a number here, a number beyond the range of long is still a page, and the
 * message of each fault names the key.
 */
final class PageRequestJson {
    private static final int LONGEST_QUOTE = 40;
    private static final int LONGEST_FAULT = 200;
    private static final String EXAMPLE = "the body must be a JSON object like {\"page\":1,\"size\":20}, ";

    /**
     * Jackson's limits are lifted because the length of the body is limited. Clients choose the names, so they don't
     * enter Jackson's shared table.
     */
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private PageRequestJson() {}

    /** @throws Failure (400) if the body isn't one object with both keys in range; other keys are ignored */
    static PageRequest parse(byte[] body, int maxPageSize) {
        try (JsonParser json = JSON.createParser(text(body))) {
            return parse(json, maxPageSize);
        } catch (CharacterCodingException e) {
            throw Failure.badRequest(EXAMPLE + "it is not UTF-8");
        } catch (JsonProcessingException e) {
            throw Failure.badRequest(EXAMPLE + "it is not: " + abridged(reason(e), LONGEST_FAULT));
        } catch (IOException e) {
            throw new IllegalStateException("reading from memory failed", e);
        }
    }

    /** Jackson names its source and its own switches, which a client doesn't have. */
    private static String reason(JsonProcessingException e) {
        return e.getOriginalMessage()
                .replaceFirst(": maybe a .*| \\((start marker|for \\w+ starting) at .*|(: |, | \\()[^:(]*`.*", "");
    }

    private static String text(byte[] body) throws CharacterCodingException {
        return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
    }

    private static PageRequest parse(JsonParser json, int maxPageSize) throws IOException {
        JsonToken start = json.nextToken();
        if (start != JsonToken.START_OBJECT) {
            throw Failure.badRequest(EXAMPLE + "it is " + (start == null ? "empty" : describe(json)));
        }
        Integers page = new Integers("page", Long.MAX_VALUE, "an integer, 1 or more");
        Integers size = new Integers("size", maxPageSize, "an integer from 1 to " + maxPageSize);
        Long pageValue = null;
        Long sizeValue = null;
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String key = json.currentName();
            json.nextToken();
            if (key.equals(page.key)) {
                pageValue = page.read(json);
            } else if (key.equals(size.key)) {
                sizeValue = size.read(json);
            } else {
                json.skipChildren();
            }
        }
        if (json.nextToken() != null) {
            throw Failure.badRequest(EXAMPLE + "there is more text after it");
        }
        return new PageRequest(page.require(pageValue), Math.toIntExact(size.require(sizeValue)));
    }

    private static String describe(JsonParser json) throws IOException {
        return switch (json.currentToken()) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            case VALUE_STRING -> "the string \"" + abridged(json.getText(), LONGEST_QUOTE) + '"';
            default -> abridged(json.getText(), LONGEST_QUOTE);
        };
    }

    private static String abridged(String text, int max) {
        return text.length() <= max ? text : text.substring(0, max) + "…";
    }

    /** The range of a key, 1 to max. If max is {@link Long#MAX_VALUE}, a greater integer is read as that. */
    private record Integers(String key, long max, String range) {
        long read(JsonParser json) throws IOException {
            long value = json.currentToken() == JsonToken.VALUE_NUMBER_INT ? clamped(json.getText()) : -1;
            if (value < 1 || value > max) {
                throw Failure.badRequest("%s must be %s, it is %s".formatted(key, range, describe(json)));
            }
            return value;
        }

        /** Doesn't convert long integers: 16,000 digits would be slow, and no list has 10^18 pages. */
        private static long clamped(String integer) {
            if (integer.startsWith("-")) {
                return -1;
            }
            return integer.length() >= 19 ? Long.MAX_VALUE : Long.parseLong(integer);
        }

        long require(@Nullable Long value) {
            if (value == null) {
                throw Failure.badRequest("%s is missing, it must be %s".formatted(key, range));
            }
            return value;
        }
    }
}
