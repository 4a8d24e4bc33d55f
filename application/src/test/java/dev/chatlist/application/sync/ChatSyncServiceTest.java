package dev.chatlist.application.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.mockito.ArgumentMatchers.anyList;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.verifyNoMoreInteractions;
import static org.mockito.Mockito.when;

import dev.chatlist.application.RoomVersion;
import dev.chatlist.application.StorageUnavailableException;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.MembersLimit;
import dev.chatlist.domain.Room;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.User;
import dev.chatlist.domain.UserId;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChatSyncServiceTest {
    private static final User ADA = User.named(new UserId("ada"), "Ada", 1);
    private static final SyncRequest DELTA = new SyncRequest.Delta(new StateToken("before"), 20);
    private static final Chat FIRST = chat("first");
    private static final Chat SECOND = chat("second");

    private final SyncDirectory directory = mock(SyncDirectory.class);
    private final SyncMyChats sync = new ChatSyncService(directory);

    @Test
    void aPartIsListedWithItsChatsAndThoseThatMoved() {
        Synced<RoomVersion> rooms = part(List.of(at(SECOND, 7)), List.of(at(FIRST, 3)));
        when(directory.sync(ADA.id(), DELTA)).thenReturn(rooms);
        when(directory.chats(List.of(at(SECOND, 7), at(FIRST, 3)), 1000)).thenReturn(List.of(SECOND, FIRST));
        Synced<Chat> chats = sync.syncMyChats(ADA.id(), DELTA, 1000);
        assertEquals(
                new Synced<>(List.of(SECOND), List.of(FIRST), rooms.removed(), false, rooms.next(), rooms.state(), 9),
                chats);
    }

    @Test
    void excerptsAreReadForTheCallerWithTheLimit() {
        Synced<RoomVersion> rooms = part(List.of(at(SECOND, 7)), List.of(at(FIRST, 3)));
        MembersLimit limit = new MembersLimit(3);
        when(directory.sync(ADA.id(), DELTA)).thenReturn(rooms);
        when(directory.excerpts(ADA.id(), List.of(at(SECOND, 7), at(FIRST, 3)), limit, 1000))
                .thenReturn(List.of(SECOND, FIRST));
        Synced<Chat> chats = sync.syncMyChats(ADA.id(), DELTA, limit, 1000);
        assertEquals(List.of(SECOND), chats.listed());
        assertEquals(List.of(FIRST), chats.moved());
        verify(directory, never()).chats(anyList(), anyLong());
    }

    @Test
    void aPartIsReadAgainWhenOneOfItsRoomsChanged() {
        Synced<RoomVersion> old = part(List.of(at(FIRST, 3)), List.of(at(SECOND, 7)));
        Synced<RoomVersion> fresh = part(List.of(at(SECOND, 8)), List.of(at(FIRST, 3)));
        when(directory.sync(ADA.id(), DELTA)).thenReturn(old).thenReturn(fresh);
        when(directory.chats(List.of(at(FIRST, 3), at(SECOND, 7)), 1000)).thenReturn(List.of(FIRST));
        when(directory.chats(List.of(at(SECOND, 8)), 1000)).thenReturn(List.of(SECOND));
        Synced<Chat> chats = sync.syncMyChats(ADA.id(), DELTA, 1000);
        assertEquals(List.of(SECOND), chats.listed());
        assertEquals(List.of(FIRST), chats.moved());
    }

    @Test
    void aPartThatChangesOnEveryTryIsAFailure() {
        when(directory.sync(ADA.id(), DELTA)).thenReturn(part(List.of(at(FIRST, 3)), List.of()));
        assertThrows(StorageUnavailableException.class, () -> sync.syncMyChats(ADA.id(), DELTA, 1000));
        verify(directory, times(10)).sync(ADA.id(), DELTA);
    }

    @Test
    void noChatIsReadWhenNoneChanged() {
        when(directory.sync(ADA.id(), DELTA)).thenReturn(part(List.of(), List.of()));
        assertEquals(List.of(), sync.syncMyChats(ADA.id(), DELTA, 1000).listed());
        assertEquals(
                List.of(),
                sync.syncMyChats(ADA.id(), DELTA, new MembersLimit(3), 1000).listed());
        verify(directory, times(2)).sync(ADA.id(), DELTA);
        verifyNoMoreInteractions(directory);
    }

    @Test
    void outagesArePassedOn() {
        StorageUnavailableException outage = new StorageUnavailableException("no connection");
        when(directory.sync(ADA.id(), DELTA)).thenThrow(outage);
        assertSame(
                outage, assertThrows(StorageUnavailableException.class, () -> sync.syncMyChats(ADA.id(), DELTA, 1000)));
    }

    /** Of a list of nine rooms. One was removed, and there is another page. */
    private static Synced<RoomVersion> part(List<RoomVersion> listed, List<RoomVersion> moved) {
        List<RemovedRoom> removed = List.of(new RemovedRoom(new RoomId("removed"), RemovedRoom.Reason.LEFT));
        return new Synced<>(listed, moved, removed, false, new Cursor("next"), new StateToken("now"), 9);
    }

    private static RoomVersion at(Chat chat, long version) {
        return new RoomVersion(chat.room().id(), version);
    }

    private static Chat chat(String room) {
        return new Chat(Room.group(new RoomId(room), room, ADA.id(), 1), ADA, List.of(ADA), null);
    }
}
