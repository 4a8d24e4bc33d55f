package dev.chatlist.benchmarks.load;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.chatlist.benchmarks.load.Answer.End;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class AnswerTest {
    private static final String CHATS = "{\"msg\":\"ok\",\"code\":0,\"data\":[{\"name\":\"é\"},{\"state\":\"no\"}]";

    @Test
    void theEndOfAnAnswerIsRead() throws IOException {
        assertEquals(new End(false, null, "s-1", 20), end(CHATS + ",\"removed\":[],\"state\":\"s-1\",\"count\":20}"));
        assertEquals(
                new End(true, "c_2", "s-2", 1),
                end(CHATS + ",\"reset\":true,\"next_cursor\":\"c_2\",\"state\":\"s-2\",\"count\":1}"));
    }

    @Test
    void aPlainAnswerHasNoState() {
        assertThrows(IOException.class, () -> end(CHATS + "}"));
    }

    private static End end(String body) throws IOException {
        Answer answer = new Answer();
        answer.writeBytes(body.getBytes(UTF_8));
        return answer.end();
    }
}
