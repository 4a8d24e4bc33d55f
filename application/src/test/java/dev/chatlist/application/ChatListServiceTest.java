package dev.chatlist.application;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.mockito.ArgumentMatchers.anyList;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import dev.chatlist.domain.Chat;
import dev.chatlist.domain.PageRequest;
import dev.chatlist.domain.Room;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.User;
import dev.chatlist.domain.UserId;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChatListServiceTest {
    private static final User ADA = User.named(new UserId("ada"), "Ada", 1);
    private static final PageRequest PAGE = new PageRequest(1, 20);
    private static final Chat FIRST = chat("first");
    private static final Chat SECOND = chat("second");

    private final ChatDirectory directory = mock(ChatDirectory.class);
    private final ChatListService service = new ChatListService(directory);

    @Test
    void chatsComeInTheOrderOfThePage() {
        List<RoomVersion> page = List.of(at(SECOND, 7), at(FIRST, 3));
        when(directory.page(ADA.id(), PAGE)).thenReturn(page);
        when(directory.chats(page, Long.MAX_VALUE)).thenReturn(List.of(SECOND, FIRST));
        assertEquals(List.of(SECOND, FIRST), service.listMyChats(ADA.id(), PAGE));
    }

    @Test
    void aPageIsReadAgainWhenOneOfItsRoomsChangedButOnlyThatRoomsChat() {
        List<RoomVersion> old = List.of(at(FIRST, 3), at(SECOND, 7));
        when(directory.page(ADA.id(), PAGE)).thenReturn(old).thenReturn(List.of(at(SECOND, 8), at(FIRST, 3)));
        when(directory.chats(old, Long.MAX_VALUE)).thenReturn(List.of(FIRST));
        when(directory.chats(List.of(at(SECOND, 8)), Long.MAX_VALUE)).thenReturn(List.of(SECOND));
        assertEquals(List.of(SECOND, FIRST), service.listMyChats(ADA.id(), PAGE));
    }

    @Test
    void aChatIsUsedOnlyAtItsVersion() {
        List<RoomVersion> old = List.of(at(FIRST, 3), at(SECOND, 7));
        List<RoomVersion> fresh = List.of(at(FIRST, 4), at(SECOND, 8));
        Chat changed = new Chat(FIRST.room(), ADA, List.of(), null);
        when(directory.page(ADA.id(), PAGE)).thenReturn(old).thenReturn(fresh).thenReturn(fresh);
        when(directory.chats(old, Long.MAX_VALUE)).thenReturn(List.of(FIRST));
        when(directory.chats(fresh, Long.MAX_VALUE)).thenReturn(List.of(changed));
        when(directory.chats(List.of(at(SECOND, 8)), Long.MAX_VALUE)).thenReturn(List.of(SECOND));
        assertEquals(List.of(changed, SECOND), service.listMyChats(ADA.id(), PAGE));
    }

    @Test
    void allIsReadAgainWhenStorageMayHaveLostItsHistory() {
        List<RoomVersion> old = List.of(at(FIRST, 3), at(SECOND, 7));
        List<RoomVersion> fresh = List.of(at(FIRST, 3), at(SECOND, 8));
        Chat other = new Chat(FIRST.room(), ADA, List.of(), null);
        when(directory.page(ADA.id(), PAGE)).thenReturn(old).thenReturn(fresh);
        when(directory.chats(old, Long.MAX_VALUE)).thenReturn(List.of(FIRST));
        when(directory.chats(List.of(at(SECOND, 8)), Long.MAX_VALUE)).thenReturn(List.of());
        when(directory.chats(fresh, Long.MAX_VALUE)).thenReturn(List.of(other, SECOND));
        assertEquals(List.of(other, SECOND), service.listMyChats(ADA.id(), PAGE));
    }

    @Test
    void nothingMoreIsReadWhenTheRoomsThatChangedAreGone() {
        List<RoomVersion> old = List.of(at(FIRST, 3), at(SECOND, 7));
        when(directory.page(ADA.id(), PAGE)).thenReturn(old).thenReturn(List.of(at(FIRST, 3)));
        when(directory.chats(old, Long.MAX_VALUE)).thenReturn(List.of(FIRST));
        assertEquals(List.of(FIRST), service.listMyChats(ADA.id(), PAGE));
        verify(directory, times(1)).chats(anyList(), anyLong());
    }

    @Test
    void aPageThatChangesOnEveryTryIsAFailure() {
        when(directory.page(ADA.id(), PAGE)).thenReturn(List.of(at(FIRST, 3), at(SECOND, 7)));
        when(directory.chats(List.of(at(FIRST, 3), at(SECOND, 7)), Long.MAX_VALUE))
                .thenReturn(List.of(FIRST));
        assertThrows(StorageUnavailableException.class, () -> service.listMyChats(ADA.id(), PAGE));
        verify(directory, times(ConsistentRead.MAX_TRIES)).page(ADA.id(), PAGE);
    }

    @Test
    void outagesArePassedOn() {
        StorageUnavailableException outage = new StorageUnavailableException("no connection");
        when(directory.page(ADA.id(), PAGE)).thenThrow(outage);
        when(directory.roomIds(ADA.id(), Long.MAX_VALUE)).thenThrow(outage);
        assertSame(outage, assertThrows(StorageUnavailableException.class, () -> service.listMyChats(ADA.id(), PAGE)));
        assertSame(outage, assertThrows(StorageUnavailableException.class, () -> service.listMyRoomIds(ADA.id())));
    }

    private static RoomVersion at(Chat chat, long version) {
        return new RoomVersion(chat.room().id(), version);
    }

    private static Chat chat(String room) {
        return new Chat(Room.group(new RoomId(room), room, ADA.id(), 1), ADA, List.of(ADA), null);
    }
}
