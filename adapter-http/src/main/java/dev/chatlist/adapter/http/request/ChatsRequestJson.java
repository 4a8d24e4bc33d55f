package dev.chatlist.adapter.http.request;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.chatlist.application.sync.Cursor;
import dev.chatlist.application.sync.StateToken;
import dev.chatlist.application.sync.SyncRequest;
import dev.chatlist.domain.MembersLimit;
import dev.chatlist.domain.PageRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads the body of {@code POST /my_chats}. It reads token by token instead of binding an object, because the failures
 * are part of the contract: a string isn't a number here, a number beyond the range of long is still a page, and the
 * message of each fault names the key.
 */
public final class ChatsRequestJson {
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

    private static final String TOGETHER =
            "the body must have size, one of page, cursor and since, and with them members_limit or not; it has ";
    private static final Integers PAGES = new Integers("page", 1, Long.MAX_VALUE, "an integer, 1 or more");
    private static final Integers LIMITS =
            new Integers("members_limit", 0, MembersLimit.MAX, "an integer from 0 to " + MembersLimit.MAX);
    private static final Texts CURSORS =
            new Texts("cursor", 0, Cursor.MAX_LENGTH, "a string of at most %s characters".formatted(Cursor.MAX_LENGTH));
    private static final Texts STATES = new Texts(
            "since", 1, StateToken.MAX_LENGTH, "a string of 1 to %s characters".formatted(StateToken.MAX_LENGTH));

    private final Set<String> given = new LinkedHashSet<>();
    private final Integers sizes;
    private @Nullable Long page;
    private @Nullable Long size;
    private @Nullable Cursor cursor;
    private @Nullable StateToken since;
    private @Nullable MembersLimit limit;

    private ChatsRequestJson(int maxPageSize) {
        sizes = new Integers("size", 1, maxPageSize, "an integer from 1 to " + maxPageSize);
    }

    /**
     * Reads a body.
     *
     * @param maxPageSize the greatest {@code size}
     * @throws InvalidBodyException if it isn't one object of keys that go together, each in range; unknown keys are
     *     ignored
     */
    public static ChatsRequest parse(byte[] body, int maxPageSize) {
        try (JsonParser json = JSON.createParser(text(body))) {
            return parse(json, maxPageSize);
        } catch (CharacterCodingException e) {
            throw new InvalidBodyException(EXAMPLE + "it is not UTF-8");
        } catch (JsonProcessingException e) {
            throw new InvalidBodyException(EXAMPLE + "it is not: " + abridged(reason(e), LONGEST_FAULT));
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

    private static ChatsRequest parse(JsonParser json, int maxPageSize) throws IOException {
        JsonToken start = json.nextToken();
        if (start != JsonToken.START_OBJECT) {
            throw new InvalidBodyException(EXAMPLE + "it is " + (start == null ? "empty" : describe(json)));
        }
        ChatsRequestJson keys = new ChatsRequestJson(maxPageSize);
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String key = json.currentName();
            json.nextToken();
            keys.read(key, json);
        }
        if (json.nextToken() != null) {
            throw new InvalidBodyException(EXAMPLE + "there is more text after it");
        }
        return keys.request();
    }

    private void read(String key, JsonParser json) throws IOException {
        switch (key) {
            case "page" -> page = PAGES.read(json);
            case "size" -> size = sizes.read(json);
            case "cursor" -> cursor = new Cursor(CURSORS.read(json));
            case "since" -> since = new StateToken(STATES.read(json));
            case "members_limit" -> limit = new MembersLimit(Math.toIntExact(LIMITS.read(json)));
            default -> {
                json.skipChildren();
                return;
            }
        }
        given.add(key);
    }

    private ChatsRequest request() {
        if (cursor == null && since == null && limit == null) {
            return new ChatsRequest.Plain(new PageRequest(PAGES.require(page), Math.toIntExact(sizes.require(size))));
        }
        long parts = Stream.of(page, cursor, since).filter(Objects::nonNull).count();
        if (size == null || parts != 1) {
            throw new InvalidBodyException(TOGETHER + String.join(", ", given));
        }
        return new ChatsRequest.Sync(part(Math.toIntExact(size)), limit);
    }

    private SyncRequest part(int chats) {
        if (cursor != null) {
            return new SyncRequest.Walk(cursor, chats);
        }
        return since != null
                ? new SyncRequest.Delta(since, chats)
                : new SyncRequest.Numbered(new PageRequest(PAGES.require(page), chats));
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

    /** A key and its range. If max is {@link Long#MAX_VALUE}, a greater integer is read as that. */
    private record Integers(String key, long min, long max, String range) {
        long read(JsonParser json) throws IOException {
            long value = json.currentToken() == JsonToken.VALUE_NUMBER_INT ? clamped(json.getText()) : -1;
            if (value < min || value > max) {
                throw new InvalidBodyException("%s must be %s, it is %s".formatted(key, range, describe(json)));
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
                throw new InvalidBodyException("%s is missing, it must be %s".formatted(key, range));
            }
            return value;
        }
    }

    /** A key and the length of its text, in characters. */
    private record Texts(String key, int min, int max, String range) {
        String read(JsonParser json) throws IOException {
            boolean isText = json.currentToken() == JsonToken.VALUE_STRING;
            String text = isText ? json.getText() : "";
            if (!isText || text.length() < min || text.length() > max) {
                String fault = isText ? "has " + text.length() : "is " + describe(json);
                throw new InvalidBodyException("%s must be %s, it %s".formatted(key, range, fault));
            }
            return text;
        }
    }
}
