package dev.chatlist.application.sync;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.chatlist.domain.PageRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class SyncRequestTest {
    private static final StateToken STATE = new StateToken("state");

    @Test
    void aStateHas1To2048Characters() {
        assertDoesNotThrow(() -> new StateToken("s"));
        assertDoesNotThrow(() -> new StateToken("s".repeat(2048)));
        assertRejected("since must have 1 to 2048 characters, it has 0", () -> new StateToken(""));
        assertRejected("since must have 1 to 2048 characters, it has 2049", () -> new StateToken("s".repeat(2049)));
    }

    @Test
    void aCursorHasUpTo8192Characters() {
        assertEquals(Cursor.BEGIN, new Cursor(""));
        assertDoesNotThrow(() -> new Cursor("c".repeat(8192)));
        assertRejected("cursor must have at most 8192 characters, it has 8193", () -> new Cursor("c".repeat(8193)));
    }

    @Test
    void theMessageAboutALongTokenDoesNotRepeatIt() {
        String secret = "secret".repeat(2_000_000);
        Exception state = assertThrows(IllegalArgumentException.class, () -> new StateToken(secret));
        Exception cursor = assertThrows(IllegalArgumentException.class, () -> new Cursor(secret));
        assertFalse((state.getMessage() + cursor.getMessage()).contains("secret"));
    }

    @Test
    void aSizeIsThatOfAPage() {
        assertEquals(20, new SyncRequest.Numbered(new PageRequest(3, 20)).size());
        assertDoesNotThrow(() -> new SyncRequest.Walk(Cursor.BEGIN, PageRequest.MAX_SIZE));
        assertRejected("size must be 1 to 1000, it is 0", () -> new SyncRequest.Walk(Cursor.BEGIN, 0));
        assertRejected("size must be 1 to 1000, it is 1001", () -> new SyncRequest.Delta(STATE, 1001));
    }

    private static void assertRejected(String message, Executable construction) {
        assertEquals(
                message,
                assertThrows(IllegalArgumentException.class, construction).getMessage());
    }
}
