package dev.chatlist.application.sync;

import static java.util.Objects.requireNonNull;

import dev.chatlist.application.ConsistentRead;
import dev.chatlist.application.RoomVersion;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.MembersLimit;
import dev.chatlist.domain.UserId;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** The use case that brings clients up to date, on top of a {@link SyncDirectory}. */
public final class ChatSyncService implements SyncMyChats {
    private final SyncDirectory directory;

    public ChatSyncService(SyncDirectory directory) {
        this.directory = requireNonNull(directory, "directory");
    }

    @Override
    public Synced<Chat> syncMyChats(UserId caller, SyncRequest request, long maxBytes) {
        return sync(caller, request, rooms -> directory.chats(rooms, maxBytes));
    }

    @Override
    public Synced<Chat> syncMyChats(UserId caller, SyncRequest request, MembersLimit limit, long maxBytes) {
        return sync(caller, request, rooms -> directory.excerpts(caller, rooms, limit, maxBytes));
    }

    private Synced<Chat> sync(UserId caller, SyncRequest request, Function<List<RoomVersion>, List<Chat>> chats) {
        ConsistentRead<Synced<RoomVersion>> read =
                ConsistentRead.of(() -> directory.sync(caller, request), ChatSyncService::rooms, chats);
        return read.list().withChats(read.chats());
    }

    private static List<RoomVersion> rooms(Synced<RoomVersion> synced) {
        return Stream.concat(synced.listed().stream(), synced.moved().stream()).toList();
    }
}
