-- The tables of the chat list. Any program may write users, rooms, memberships and messages, by any means. The triggers
-- of R__derivation.sql derive room_activity, membership_changes and departures from them; nothing else may write those.
-- Column names are the API's field names.

DO
$$
BEGIN
    IF current_setting('server_encoding') <> 'UTF8' THEN
        RAISE EXCEPTION 'the database must be encoded in UTF8, it is in %', current_setting('server_encoding');
    END IF;
END
$$;

-- The same rules as those of the ids in dev.chatlist.domain, so that no writer can store an id that a reader must
-- refuse. Collation "C" orders by code point, which is the order that the contract asks for, and compares bytes, which
-- is fast.
CREATE DOMAIN id AS text COLLATE "C"
    CHECK (char_length(VALUE) <= 128 AND VALUE ~ '^[^\u0001-\u001f\u007f-\u009f]+$');

-- Nanoseconds since the epoch.
CREATE DOMAIN nanoseconds AS bigint CHECK (VALUE >= 0);

-- A text behind its length in bytes and a colon: 5:alice. The text may hold any character, and a reader finds its end
-- without a search. Never change this function: stored profiles hold its results. It stands here and not in
-- R__derivation.sql because the table users needs it.
CREATE FUNCTION netstring(text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN octet_length($1)::text || ':' || $1;

CREATE TABLE users (
    user_id            id PRIMARY KEY,
    nick_name          text NOT NULL DEFAULT '',
    status             text NOT NULL DEFAULT '',
    eth_wallet_address text NOT NULL DEFAULT '',
    ens_name           text NOT NULL DEFAULT '',
    opensea_username   text NOT NULL DEFAULT '',
    opensea_avatar     text NOT NULL DEFAULT '',
    twitter_username   text NOT NULL DEFAULT '',
    twitter_avatar     text NOT NULL DEFAULT '',
    discord_username   text NOT NULL DEFAULT '',
    discord_avatar     text NOT NULL DEFAULT '',
    facebook_username  text NOT NULL DEFAULT '',
    facebook_avatar    text NOT NULL DEFAULT '',
    instagram_username text NOT NULL DEFAULT '',
    instagram_avatar   text NOT NULL DEFAULT '',
    created_at         nanoseconds NOT NULL,
    -- All columns above as one text, which costs a reader a fraction of what the columns cost (ADR 10). The database
    -- writes it with the row. Doubles the size of the table.
    --
    -- The whole is one netstring that holds a netstring for each part. A reader ignores parts that it doesn't know and
    -- takes missing ones as blank. So a new part goes to the end, and no part is ever removed or moved. ProfileText
    -- reads them in this order.
    profile            text NOT NULL GENERATED ALWAYS AS (netstring(
        netstring(user_id)
        || netstring(created_at::text)
        || netstring(nick_name)
        || netstring(status)
        || netstring(eth_wallet_address)
        || netstring(ens_name)
        || netstring(opensea_username)
        || netstring(opensea_avatar)
        || netstring(twitter_username)
        || netstring(twitter_avatar)
        || netstring(discord_username)
        || netstring(discord_avatar)
        || netstring(facebook_username)
        || netstring(facebook_avatar)
        || netstring(instagram_username)
        || netstring(instagram_avatar)
    )) STORED
);

-- For the profile of each member of a room that isn't in memory: some 280 for a page of chats. Reads two pages where
-- the primary key's tree reads four. Costs one entry per user, written once.
CREATE INDEX users_by_hash ON users USING hash (user_id);

CREATE TABLE rooms (
    room_id            id PRIMARY KEY,
    name               text NOT NULL DEFAULT '',
    description        text NOT NULL DEFAULT '',
    creator_id         id NOT NULL REFERENCES users,
    is_1v1             boolean NOT NULL DEFAULT false,
    is_opensea_coll    boolean NOT NULL DEFAULT false,
    opensea_coll_name  text NOT NULL DEFAULT '',
    opensea_coll_cover text NOT NULL DEFAULT '',
    opensea_coll_slug  text NOT NULL DEFAULT '',
    created_at         nanoseconds NOT NULL
);

-- For a changed profile: the rooms that show it as their creator's. Costs one entry per room, written once.
CREATE INDEX rooms_by_creator ON rooms (creator_id);

CREATE TABLE memberships (
    user_id   id NOT NULL REFERENCES users,
    room_id   id NOT NULL REFERENCES rooms ON DELETE CASCADE,
    joined_at nanoseconds NOT NULL,
    -- User first: a user's room ids in order are then one range of this index, read without the table.
    PRIMARY KEY (user_id, room_id)
);

-- For a room's members in the order in which a chat shows them. Costs one entry per membership, written once.
CREATE INDEX memberships_by_room ON memberships (room_id, joined_at, user_id);

CREATE TABLE messages (
    id                            id PRIMARY KEY,
    to_room_id                    id NOT NULL REFERENCES rooms ON DELETE CASCADE,
    -- No reference: a message's author needn't be known.
    from_uid                      id NOT NULL,
    msg_type                      text NOT NULL DEFAULT '',
    msg_contents                  text NOT NULL DEFAULT '',
    belong_to_thread_id           text NOT NULL DEFAULT '',
    is_thread                     boolean NOT NULL DEFAULT false,
    reply_to_msg_id               text NOT NULL DEFAULT '',
    opensea_item_contract_address text NOT NULL DEFAULT '',
    opensea_item_name             text NOT NULL DEFAULT '',
    opensea_item_image_url        text NOT NULL DEFAULT '',
    -- The cast fails for a text that is no id.
    at_user_ids                   text[] NOT NULL DEFAULT '{}'
        CHECK (at_user_ids::id[] IS NOT NULL AND array_position(at_user_ids, NULL) IS NULL),
    created_at                    nanoseconds NOT NULL
);

-- For a room's latest message, and for the one before it when the latest is removed: one descent, whatever the number
-- of messages. Costs one entry per message, mostly at the right end of its room's range.
CREATE INDEX messages_by_room ON messages (to_room_id, created_at DESC, id DESC);

-- The values that a chat list is sorted by, and the versions that tell a reader which chats have changed. One narrow
-- row per room, apart from rooms: a message then rewrites a hundred bytes and no name or description, and an UPDATE of
-- a room can't write old derived values back. A removed room keeps its row, so that readers learn of the removal; no
-- membership leads to it, so no list shows it.
CREATE TABLE room_activity (
    room_id           id PRIMARY KEY,
    -- Grows with each change that shows in the room's chat.
    version           bigint NOT NULL,
    -- The version at which anything in the chat but its messages last changed: the room, its members, a member's or the
    -- creator's profile. A reader keeps all of that when only a message is new. Never greater than version.
    details_version   bigint NOT NULL,
    -- The transaction that wrote this row. A snapshot tells which transactions it doesn't see, so the rows that changed
    -- since a snapshot can be found, in whichever order their transactions committed (ADR 8).
    changed_in        bigint NOT NULL,
    last_activity     nanoseconds NOT NULL,
    -- How many members the room has: a large one can't be counted for each reader. 0 for a removed room.
    members           integer NOT NULL,
    latest_message_id id
    -- No fillfactor: changed_in is indexed, so no update is HOT, and room on each page saved nothing when measured.
);

-- For the rooms that changed since a snapshot. Costs one entry per new version of a room, at the right end.
CREATE INDEX room_activity_by_change ON room_activity (changed_in);

-- One sequence for all rooms: a room that is removed and created again never repeats a version.
CREATE SEQUENCE room_version;

-- Rooms that a transaction refreshes when it commits. Empty outside transactions, so it needn't be in the WAL, and no
-- publication has it.
CREATE UNLOGGED TABLE refresh_requests (
    room_ids        text[] NOT NULL,
    details_changed boolean NOT NULL,
    -- For each room, how many members it gained, negative if it lost some. A room without a number gained none.
    added_members   integer[] NOT NULL
);

-- The memberships that were added, changed or removed, each with the transaction that did it. Readers who keep a user's
-- room list in memory learn from it which memberships to look up. Old rows are deleted: a reader reads everything again
-- when its snapshot is a million transactions old, and note_membership_changes deletes at twice that age.
CREATE TABLE membership_changes (
    changed_in bigint NOT NULL,
    -- Null where one statement changed too many to list.
    user_id    id,
    room_id    id
);

-- For the memberships that changed since a snapshot, and to find old rows. Costs one entry per row, at the right end.
CREATE INDEX membership_changes_by_change ON membership_changes (changed_in);

-- Who is no longer a member of which room, so that a reader can tell a user which rooms to remove from a list. One row
-- for each user and room, that of the last time. It stays when the user joins again: a reader asks only for rooms that
-- the user isn't in. Rows are forgotten after 30 days.
CREATE TABLE departures (
    user_id    id NOT NULL,
    room_id    id NOT NULL,
    changed_in bigint NOT NULL,
    -- room_removed: the room went, and its members with it.
    reason     text NOT NULL CHECK (reason IN ('left', 'room_removed')),
    left_at    timestamptz NOT NULL,
    PRIMARY KEY (user_id, room_id)
);

-- For the latest departure, and for the oldest ones, which are forgotten. Costs one entry per row, at the right end.
CREATE INDEX departures_by_change ON departures (changed_in);

-- One row. An epoch is a history of the database that goes on without a break: transaction ids and versions that were
-- read in it stay true until it ends. A crash, a failover or a restore may take the last commits back and give their
-- ids out again, so each begins a new epoch. Readers then forget what they know. They also do when members were
-- truncated, as nobody knows who they were. Written by the functions of R__derivation.sql alone.
CREATE TABLE epoch (
    -- 32 random bytes, which no two epochs share, for signing what a reader hands out and must not be taken back in
    -- another epoch.
    secret    bytea NOT NULL CHECK (octet_length(secret) = 32),
    -- The server_history that the epoch belongs to.
    history   text NOT NULL,
    -- The greatest changed_in of a forgotten departure. None above is missing, some below are. A snapshot that sees
    -- this transaction may not see one below it. So only a snapshot of which all unseen transactions are greater can be
    -- sure to find all departures that it doesn't see. Read in one statement with departures, or after them.
    forgotten bigint NOT NULL DEFAULT 0,
    is_only   boolean PRIMARY KEY DEFAULT true CHECK (is_only)
);
