package dev.chatlist.application;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;

import dev.chatlist.domain.ChatEvent;
import dev.chatlist.domain.ChatEvent.UserRemoved;
import dev.chatlist.domain.ChatEvent.UserSaved;
import dev.chatlist.domain.User;
import dev.chatlist.domain.UserId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ChatEventServiceTest {
    private static final User ADA = User.named(new UserId("ada"), "Ada", 1);

    private final ChatJournal journal = mock(ChatJournal.class);
    private final ChatEventService service = new ChatEventService(journal);
    private final List<EventBatch> recorded = new ArrayList<>();

    @BeforeEach
    void journalReadsAll() {
        doAnswer(call -> {
                    Iterator<EventBatch> batches = call.getArgument(0);
                    batches.forEachRemaining(recorded::add);
                    return null;
                })
                .when(journal)
                .record(any());
    }

    @Test
    void theCountIsOfEventsAndNotOfBatches() {
        assertEquals(3, service.record(new UserSaved(ADA), new UserSaved(ADA), new UserRemoved(ADA.id())));
        assertEquals(2, recorded.size());
        assertEquals(0, service.record(List.of()));
    }

    @Test
    void failuresOfTheJournalAndOfTheSourceArePassedOn() {
        RuntimeException badLine = new IllegalStateException("line 1");
        Iterable<ChatEvent> unreadable = () -> {
            throw badLine;
        };
        assertSame(badLine, assertThrows(RuntimeException.class, () -> service.record(unreadable)));

        RuntimeException outage = new StorageUnavailableException("no connection");
        doThrow(outage).when(journal).record(any());
        assertSame(outage, assertThrows(RuntimeException.class, () -> service.record(new UserSaved(ADA))));
    }

    @Test
    void aTextIsAtMostOneMebibyteAndTheEventsBeforeItAreTheFirstBatch() {
        User fits = User.named(ADA.id(), "é".repeat(1 << 19), 1);
        User tooLong = User.named(ADA.id(), "é".repeat(1 << 19) + "a", 1);
        assertEquals(1, service.record(new UserSaved(fits)));

        RejectedEventException e = assertThrows(
                RejectedEventException.class,
                () -> service.record(new UserSaved(ADA), new UserSaved(tooLong), new UserSaved(ADA)));

        assertEquals(1, e.index());
        assertEquals("nick_name must have at most 1048576 bytes of UTF-8, it has 1048577", e.reason());
    }

    @Test
    @SuppressWarnings("NullAway") // a caller may compile without it
    void aNullEventIsRefused() {
        List<ChatEvent> events = Arrays.asList(new UserSaved(ADA), null, new UserSaved(ADA));
        assertThrows(NullPointerException.class, () -> service.record(events));
    }
}
