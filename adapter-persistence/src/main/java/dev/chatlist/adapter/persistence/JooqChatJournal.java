package dev.chatlist.adapter.persistence;

import static dev.chatlist.adapter.persistence.Database.unlessUnavailable;
import static dev.chatlist.adapter.persistence.sql.jooq.Tables.MEMBERSHIPS;
import static dev.chatlist.adapter.persistence.sql.jooq.Tables.MESSAGES;
import static dev.chatlist.adapter.persistence.sql.jooq.Tables.ROOMS;
import static dev.chatlist.adapter.persistence.sql.jooq.Tables.USERS;
import static org.jooq.impl.DSL.any;

import dev.chatlist.application.ChatJournal;
import dev.chatlist.application.EventBatch;
import dev.chatlist.application.StorageUnavailableException;
import dev.chatlist.domain.ChatEvent.MemberJoined;
import dev.chatlist.domain.ChatEvent.MemberLeft;
import dev.chatlist.domain.Message;
import dev.chatlist.domain.MessageId;
import dev.chatlist.domain.Room;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.User;
import dev.chatlist.domain.UserId;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.TableField;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DSL;

/**
 * Writes what a chat backend tells: a batch of any size is a handful of statements. Nothing derived is written here;
 * the triggers do that, as they do for every other writer.
 */
final class JooqChatJournal implements ChatJournal {
    /** Deadlock, serialization failure, and a reference to what was removed after we looked. */
    private static final Set<String> CONFLICTS = Set.of("40P01", "40001", "23503");

    private static final int MAX_TRIES = 5;

    private static final Upsert<User> SAVE_USERS = Upsert.<User>into(USERS)
            .key(USERS.USER_ID, user -> user.id().value())
            .set(USERS.NICK_NAME, User::nickName)
            .set(USERS.STATUS, User::status)
            .set(USERS.ETH_WALLET_ADDRESS, User::ethWalletAddress)
            .set(USERS.ENS_NAME, User::ensName)
            .set(USERS.OPENSEA_USERNAME, user -> user.opensea().username())
            .set(USERS.OPENSEA_AVATAR, user -> user.opensea().avatar())
            .set(USERS.TWITTER_USERNAME, user -> user.twitter().username())
            .set(USERS.TWITTER_AVATAR, user -> user.twitter().avatar())
            .set(USERS.DISCORD_USERNAME, user -> user.discord().username())
            .set(USERS.DISCORD_AVATAR, user -> user.discord().avatar())
            .set(USERS.FACEBOOK_USERNAME, user -> user.facebook().username())
            .set(USERS.FACEBOOK_AVATAR, user -> user.facebook().avatar())
            .set(USERS.INSTAGRAM_USERNAME, user -> user.instagram().username())
            .set(USERS.INSTAGRAM_AVATAR, user -> user.instagram().avatar())
            .set(USERS.CREATED_AT, User::createdAt);

    private static final Upsert<Room> SAVE_ROOMS = Upsert.<Room>into(ROOMS)
            .key(ROOMS.ROOM_ID, room -> room.id().value())
            .set(ROOMS.NAME, Room::name)
            .set(ROOMS.DESCRIPTION, Room::description)
            .set(ROOMS.CREATOR_ID, room -> room.creatorId().value())
            .set(ROOMS.IS_1V1, Room::is1v1)
            .set(ROOMS.IS_OPENSEA_COLL, Room::isOpenseaColl)
            .set(ROOMS.OPENSEA_COLL_NAME, room -> room.openseaColl().name())
            .set(ROOMS.OPENSEA_COLL_COVER, room -> room.openseaColl().cover())
            .set(ROOMS.OPENSEA_COLL_SLUG, room -> room.openseaColl().slug())
            .set(ROOMS.CREATED_AT, Room::createdAt);

    /** Of the columns, only the key ever decides: who is a member already stays one since then. */
    private static final Upsert<MemberJoined> SAVE_MEMBERSHIPS = Upsert.<MemberJoined>into(MEMBERSHIPS)
            .key(MEMBERSHIPS.USER_ID, joined -> joined.userId().value())
            .key(MEMBERSHIPS.ROOM_ID, joined -> joined.roomId().value())
            .setOnce(MEMBERSHIPS.JOINED_AT, MemberJoined::at);

    private static final Upsert<Message> SAVE_MESSAGES = Upsert.<Message>into(MESSAGES)
            .key(MESSAGES.ID, message -> message.id().value())
            .set(MESSAGES.TO_ROOM_ID, message -> message.toRoomId().value())
            .set(MESSAGES.FROM_UID, message -> message.fromUid().value())
            .set(MESSAGES.MSG_TYPE, Message::msgType)
            .set(MESSAGES.MSG_CONTENTS, Message::msgContents)
            .set(MESSAGES.BELONG_TO_THREAD_ID, Message::belongToThreadId)
            .set(MESSAGES.IS_THREAD, Message::isThread)
            .set(MESSAGES.REPLY_TO_MSG_ID, Message::replyToMsgId)
            .set(
                    MESSAGES.OPENSEA_ITEM_CONTRACT_ADDRESS,
                    message -> message.openseaItem().contractAddress())
            .set(MESSAGES.OPENSEA_ITEM_NAME, message -> message.openseaItem().name())
            .set(
                    MESSAGES.OPENSEA_ITEM_IMAGE_URL,
                    message -> message.openseaItem().imageUrl())
            .setIds(MESSAGES.AT_USER_IDS, message -> texts(message.atUserIds(), UserId::value))
            .set(MESSAGES.CREATED_AT, Message::createdAt);

    private final DSLContext jooq;
    private final int copyFrom;

    /** @param copyFrom how many rows suit {@link Copies} */
    JooqChatJournal(DSLContext jooq, int copyFrom) {
        this.jooq = jooq;
        this.copyFrom = copyFrom;
    }

    @Override
    public void record(Iterator<EventBatch> batches) {
        try {
            if (batches.hasNext()) {
                record(batches.next(), new Rest(batches));
            }
        } catch (Rest.Failure e) {
            throw e.cause;
        }
    }

    private void record(EventBatch first, Rest rest) {
        // One batch can be tried again when another writer got in its way; a longer recording can't be read twice.
        int tries = rest.hasNext() ? 1 : MAX_TRIES;
        unlessUnavailable("record events", () -> {
            for (int attempt = 1; !recorded(first, rest, attempt == tries); attempt++) {
                pause(attempt);
            }
            return true;
        });
    }

    private boolean recorded(EventBatch first, Rest rest, boolean lastTry) {
        try {
            jooq.transaction(transaction -> {
                Copies copies = new Copies(transaction.dsl(), copyFrom);
                apply(copies, first);
                while (rest.hasNext()) {
                    apply(copies, rest.next());
                }
            });
            return true;
        } catch (DataAccessException e) {
            if (lastTry || !CONFLICTS.contains(e.sqlState())) {
                throw e;
            }
            return false;
        }
    }

    /** Longer each time and never the same, or two writers in each other's way would meet again. */
    private static void pause(int attempt) {
        try {
            Thread.sleep(ThreadLocalRandom.current().nextInt(10 << attempt));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StorageUnavailableException("interrupted while waiting for other writers", e);
        }
    }

    private static void apply(Copies copies, EventBatch batch) {
        if (batch instanceof EventBatch.Saves saves) {
            save(copies, saves);
        } else if (batch instanceof EventBatch.Removals removals) {
            remove(copies, removals);
        }
    }

    private static void save(Copies copies, EventBatch.Saves saves) {
        DSLContext jooq = copies.jooq();
        saves.requirePresumed(
                stored(jooq, USERS.USER_ID, saves.presumedUsers().keySet(), UserId::value, UserId::new),
                stored(jooq, ROOMS.ROOM_ID, saves.presumedRooms().keySet(), RoomId::value, RoomId::new));
        SAVE_USERS.execute(copies, saves.users());
        SAVE_ROOMS.execute(copies, saves.rooms());
        SAVE_MEMBERSHIPS.execute(copies, saves.joins());
        SAVE_MESSAGES.execute(copies, saves.messages());
    }

    private static void remove(Copies copies, EventBatch.Removals removals) {
        DSLContext jooq = copies.jooq();
        leave(jooq, removals.leaves());
        delete(jooq, MESSAGES.ID, removals.messages(), MessageId::value);
        delete(jooq, ROOMS.ROOM_ID, removals.rooms(), RoomId::value);
        Set<UserId> known = stored(jooq, USERS.USER_ID, removals.users(), UserId::value, UserId::new);
        SAVE_USERS.execute(copies, known.stream().map(User::removed).toList());
    }

    private static void leave(DSLContext jooq, List<MemberLeft> leaves) {
        if (leaves.isEmpty()) {
            return;
        }
        String[] users = texts(leaves, left -> left.userId().value());
        String[] rooms = texts(leaves, left -> left.roomId().value());
        jooq.deleteFrom(MEMBERSHIPS)
                .where(DSL.row(MEMBERSHIPS.USER_ID, MEMBERSHIPS.ROOM_ID)
                        .in(DSL.select(DSL.field("user_id", String.class), DSL.field("room_id", String.class))
                                .from(DSL.table("unnest({0}, {1})", DSL.val(users), DSL.val(rooms))
                                        .as("given", "user_id", "room_id"))))
                .execute();
    }

    private static <I> void delete(
            DSLContext jooq, TableField<Record, String> id, Collection<I> ids, Function<I, String> value) {
        if (!ids.isEmpty()) {
            jooq.deleteFrom(id.getTable()).where(id.eq(any(texts(ids, value)))).execute();
        }
    }

    private static <I> Set<I> stored(
            DSLContext jooq,
            TableField<Record, String> id,
            Collection<I> ids,
            Function<I, String> value,
            Function<String, I> of) {
        if (ids.isEmpty()) {
            return Set.of();
        }
        return jooq.select(id)
                .from(id.getTable())
                .where(id.eq(any(texts(ids, value))))
                .fetchSet(row -> of.apply(row.value1()));
    }

    private static <T> String[] texts(Collection<T> values, Function<T, String> text) {
        return values.stream().map(text).toArray(String[]::new);
    }

    /** The batches after the first. What reading them throws is kept apart from what writing them does. */
    private record Rest(Iterator<EventBatch> batches) implements Iterator<EventBatch> {
        @Override
        public boolean hasNext() {
            return read(batches::hasNext);
        }

        @Override
        public EventBatch next() {
            return read(batches::next);
        }

        private static <T> T read(Supplier<T> reading) {
            try {
                return reading.get();
            } catch (RuntimeException e) {
                throw new Failure(e);
            }
        }

        private static final class Failure extends RuntimeException {
            private static final long serialVersionUID = 1;
            private final RuntimeException cause;

            Failure(RuntimeException cause) {
                super(cause);
                this.cause = cause;
            }
        }
    }
}
