package dev.chatlist.adapter.persistence;

import dev.chatlist.application.RoomVersion;
import dev.chatlist.application.sync.SyncDirectory;
import dev.chatlist.application.sync.SyncRequest;
import dev.chatlist.application.sync.Synced;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.MembersLimit;
import dev.chatlist.domain.PageRequest;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.UserId;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Asks several instances in turn, each three times: a request makes two calls, which go to one or to two of them. */
record Alternating(List<SyncDirectory> instances, AtomicInteger calls) implements SyncDirectory {
    Alternating(SyncDirectory... instances) {
        this(List.of(instances), new AtomicInteger());
    }

    private SyncDirectory next() {
        return instances.get(Math.floorMod(calls.getAndIncrement() / 3, instances.size()));
    }

    @Override
    public List<RoomVersion> page(UserId member, PageRequest request) {
        return next().page(member, request);
    }

    @Override
    public List<Chat> chats(List<RoomVersion> rooms, long maxBytes) {
        return next().chats(rooms, maxBytes);
    }

    @Override
    public Synced<RoomVersion> sync(UserId member, SyncRequest request) {
        return next().sync(member, request);
    }

    @Override
    public List<Chat> excerpts(UserId viewer, List<RoomVersion> rooms, MembersLimit limit, long maxBytes) {
        return next().excerpts(viewer, rooms, limit, maxBytes);
    }

    @Override
    public List<RoomId> roomIds(UserId member, long maxBytes) {
        return next().roomIds(member, maxBytes);
    }
}
