package dev.chatlist.adapter.http.encoding;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The bytes of a text: deployed clients know its escapes. */
class JsonObjectTest {
    private static final JsonObject<String> TEXT = new JsonObject<>(List.of(JsonObject.text("text", text -> text)));

    private static final Map<Integer, String> SHORT_ESCAPES =
            Map.of((int) '"', "\\\"", (int) '\\', "\\\\", 8, "\\b", 9, "\\t", 10, "\\n", 12, "\\f", 13, "\\r");

    @Test
    void trickyTextsHaveExactlyTheseBytes() {
        assertEquals("{\"text\":\"\"}", json(""));
        assertEquals("{\"text\":\"\\u0001\\u001F\\u000B\"}", json("\u0001\u001f\u000b"));
        assertEquals("{\"text\":\"\\\"</script>\\\\\\n/'\"}", json("\"</script>\\\n/'"));
        assertEquals("{\"text\":\"\u007f\u0080\u2028é世\ufeff\uffff\"}", json("\u007f\u0080\u2028é世\ufeff\uffff"));
        assertEquals("{\"text\":\"🦍\udbff\udfff\"}", json("🦍\udbff\udfff"));
    }

    @Test
    void everyCharacterIsItselfInUtf8OrItsEscape() {
        for (int from = 0; from <= Character.MAX_CODE_POINT; from += 997) {
            StringBuilder text = new StringBuilder();
            StringBuilder expected = new StringBuilder();
            for (int c = from; c < from + 997 && c <= Character.MAX_CODE_POINT; c++) {
                if (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE) {
                    text.appendCodePoint(c);
                    expected.append(escaped(c));
                }
            }
            assertEquals("{\"text\":\"" + expected + "\"}", json(text.toString()));
        }
    }

    private static String escaped(int c) {
        String escape = SHORT_ESCAPES.get(c);
        return escape != null ? escape : c < ' ' ? "\\u%04X".formatted(c) : Character.toString(c);
    }

    @Test
    void aTextLongerThanAnyBufferIsWhole() {
        for (String end : List.of("", "x", "\n", "é", "🦍")) {
            String text = "🦍é".repeat(50_000) + end;
            assertEquals("{\"text\":\"" + text.replace("\n", "\\n") + "\"}", json(text));
        }
    }

    @Test
    void anObjectThatFailsHalfWrittenLeavesNothingForTheNext() {
        JsonObject<String> failing =
                new JsonObject<>(List.of(JsonObject.text("text", text -> text), JsonObject.text("failing", text -> {
                    throw new IllegalStateException("expected by this test");
                })));
        assertThrows(IllegalStateException.class, () -> failing.bytes("half"));

        assertEquals("{\"text\":\"whole\"}", json("whole"));
    }

    private static String json(String text) {
        return new String(TEXT.bytes(text), UTF_8);
    }
}
