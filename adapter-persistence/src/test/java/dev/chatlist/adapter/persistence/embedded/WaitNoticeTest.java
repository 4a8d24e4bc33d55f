package dev.chatlist.adapter.persistence.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class WaitNoticeTest {
    @Test
    void eachWaitIsNamedUntilTheNextBegins() throws InterruptedException {
        BlockingQueue<String> said = new LinkedBlockingQueue<>();
        try (WaitNotice notice = new WaitNotice("the first", Duration.ofMillis(1), said::add)) {
            assertEquals("the first", said.take());
            assertEquals("the first", said.take());
            notice.waitFor("the second");
            while (!said.take().equals("the second")) {
                Thread.onSpinWait();
            }
            assertEquals("the second", said.take());
        }
    }
}
