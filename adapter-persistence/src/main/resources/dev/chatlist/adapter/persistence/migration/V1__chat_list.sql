-- The tables of the chat list. Four of them anybody may write, by any means: users, rooms, memberships, messages.
-- The fifth, room_activity, is derived from them by the triggers below, in the writer's own transaction, and is
-- nobody else's to write. Column names are the API's field names.

DO
$$
BEGIN
    IF current_setting('server_encoding') <> 'UTF8' THEN
        RAISE EXCEPTION 'the database must be encoded in UTF8, it is in %', current_setting('server_encoding');
    END IF;
END
$$;

-- The rules of dev.chatlist.domain's ids, so that no writer can store what a reader can't read. Collation "C" orders
-- by code point, which is the contract's order, and compares bytes, which is fast.
CREATE DOMAIN id AS text COLLATE "C"
    CHECK (char_length(VALUE) <= 128 AND VALUE ~ '^[^\u0001-\u001f\u007f-\u009f]+$');

-- Nanoseconds since the epoch.
CREATE DOMAIN nanoseconds AS bigint CHECK (VALUE >= 0);

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
    created_at         nanoseconds NOT NULL
);

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
    -- User first: "my rooms" in order of id is then one range of this index, read without the table.
    PRIMARY KEY (user_id, room_id)
);

-- For a room's members in the order that a chat shows them. Costs one entry per membership, written once.
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

-- For a room's latest message, and for the one before it when that is removed: one descent, however many messages the
-- room has. Costs one entry per message, mostly at the right end of its room's range.
CREATE INDEX messages_by_room ON messages (to_room_id, created_at DESC, id DESC);

-- What a chat list is sorted by and how a reader knows that a chat has changed. One narrow row per room, apart from
-- rooms, so that a busy room rewrites sixty bytes and no name or description, and no writer's UPDATE of a room can
-- carry stale derived values along.
CREATE TABLE room_activity (
    room_id           id PRIMARY KEY,
    version           bigint NOT NULL,
    last_activity     nanoseconds NOT NULL,
    latest_message_id id
-- Room on each page for new versions of its rows: no indexed column ever changes, so updates stay within the page.
) WITH (fillfactor = 70);

-- One sequence for all rooms: a room that is removed and made again never repeats a version.
CREATE SEQUENCE room_version;

-- Derives room_activity anew for these rooms. Whoever changes anything that shows in a room's chat calls this in the
-- same transaction, through the triggers below, and so:
--   1. takes the room's row, in order of id so that two writers of the same rooms queue instead of deadlocking, and
--      keeps it until the commit: writers of one room are serialised;
--   2. only then looks for the latest message, in a new snapshot that sees what the writer before it committed;
--   3. always writes a new version, even where the latest message stays: a REPEATABLE READ writer that couldn't see
--      the change then fails to serialise instead of deriving from the past.
-- Cost: per room one row rewritten and one descent into messages_by_room, whatever the members and messages.
CREATE FUNCTION refresh_rooms(room_ids text[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path = "${flyway:defaultSchema}", pg_temp AS
$$
BEGIN
    PERFORM FROM room_activity WHERE room_id = ANY (room_ids) ORDER BY room_id FOR NO KEY UPDATE;

    INSERT INTO room_activity (room_id, version, last_activity, latest_message_id)
    SELECT r.room_id, nextval('room_version'), coalesce(latest.created_at, r.created_at), latest.id
    FROM rooms r
    LEFT JOIN LATERAL (
        SELECT m.id, m.created_at FROM messages m
        WHERE m.to_room_id = r.room_id
        ORDER BY m.created_at DESC, m.id DESC
        LIMIT 1) latest ON true
    WHERE r.room_id = ANY (room_ids)
    ON CONFLICT (room_id) DO UPDATE SET
        version = excluded.version,
        last_activity = excluded.last_activity,
        latest_message_id = excluded.latest_message_id;
END
$$;

-- The trigger functions find out which rooms a statement touches. Each serves two kinds of triggers:
--   * for each statement, with transition tables: one call for a bulk load of any size;
--   * for each row, enabled for replicas only: logical replication fires no statement triggers.
-- They run as the schema's owner, so that a writer needs no privilege but on the table it writes.

CREATE FUNCTION messages_changed() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = "${flyway:defaultSchema}", pg_temp AS
$$
BEGIN
    IF TG_LEVEL = 'ROW' THEN
        PERFORM refresh_rooms(ARRAY [OLD.to_room_id, NEW.to_room_id]);
    ELSIF TG_OP = 'INSERT' THEN
        PERFORM refresh_rooms(ARRAY(SELECT DISTINCT to_room_id FROM new_rows));
    ELSIF TG_OP = 'DELETE' THEN
        PERFORM refresh_rooms(ARRAY(SELECT DISTINCT to_room_id FROM old_rows));
    ELSE
        PERFORM refresh_rooms(ARRAY(SELECT to_room_id FROM old_rows UNION SELECT to_room_id FROM new_rows));
    END IF;
    RETURN NULL;
END
$$;

-- A new member's profile now shows in the room. Somebody may be changing it at this moment, in a transaction that
-- can't see this membership and so won't refresh this room; waiting for it here makes this version the later one.
CREATE FUNCTION memberships_changed() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = "${flyway:defaultSchema}", pg_temp AS
$$
BEGIN
    IF TG_LEVEL = 'ROW' THEN
        PERFORM FROM users WHERE user_id = NEW.user_id FOR SHARE;
        PERFORM refresh_rooms(ARRAY [OLD.room_id, NEW.room_id]);
    ELSIF TG_OP = 'DELETE' THEN
        PERFORM refresh_rooms(ARRAY(SELECT DISTINCT room_id FROM old_rows));
    ELSE
        PERFORM FROM users WHERE user_id IN (SELECT user_id FROM new_rows) ORDER BY user_id FOR SHARE;
        IF TG_OP = 'INSERT' THEN
            PERFORM refresh_rooms(ARRAY(SELECT DISTINCT room_id FROM new_rows));
        ELSE
            PERFORM refresh_rooms(ARRAY(SELECT room_id FROM old_rows UNION SELECT room_id FROM new_rows));
        END IF;
    END IF;
    RETURN NULL;
END
$$;

-- The creator's profile shows in the room, member or not: the same wait as for members.
CREATE FUNCTION rooms_changed() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = "${flyway:defaultSchema}", pg_temp AS
$$
BEGIN
    IF TG_LEVEL = 'ROW' THEN
        DELETE FROM room_activity WHERE room_id = OLD.room_id AND OLD.room_id IS DISTINCT FROM NEW.room_id;
        PERFORM FROM users WHERE user_id = NEW.creator_id FOR SHARE;
        PERFORM refresh_rooms(ARRAY [NEW.room_id]);
    ELSE
        IF TG_OP <> 'INSERT' THEN
            DELETE FROM room_activity a USING old_rows o
            WHERE a.room_id = o.room_id AND NOT EXISTS (SELECT FROM rooms r WHERE r.room_id = o.room_id);
        END IF;
        IF TG_OP = 'INSERT' THEN
            PERFORM FROM users WHERE user_id IN (SELECT creator_id FROM new_rows) ORDER BY user_id FOR SHARE;
        ELSIF TG_OP = 'UPDATE' THEN
            PERFORM FROM users
            WHERE user_id IN (
                SELECT n.creator_id FROM new_rows n LEFT JOIN old_rows o ON o.room_id = n.room_id
                WHERE n.creator_id IS DISTINCT FROM o.creator_id)
            ORDER BY user_id FOR SHARE;
        END IF;
        IF TG_OP <> 'DELETE' THEN
            PERFORM refresh_rooms(ARRAY(SELECT room_id FROM new_rows));
        END IF;
    END IF;
    RETURN NULL;
END
$$;

-- A profile shows in every room that its user is in or made. Cost: in proportion to those rooms, once per change.
-- READ COMMITTED only: a longer snapshot might miss a room that the user joined meanwhile, and would leave an old
-- profile under a version that readers may keep for ever. An error now is better.
CREATE FUNCTION users_changed() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = "${flyway:defaultSchema}", pg_temp AS
$$
DECLARE
    changed text[];
BEGIN
    IF TG_LEVEL = 'ROW' THEN
        changed := ARRAY [OLD.user_id, NEW.user_id];
    ELSIF TG_OP = 'UPDATE' THEN
        changed := ARRAY(SELECT user_id FROM (TABLE new_rows EXCEPT TABLE old_rows) differing);
    ELSE
        changed := ARRAY(SELECT user_id FROM old_rows);
    END IF;
    IF cardinality(changed) > 0 THEN
        IF current_setting('transaction_isolation') <> 'read committed' THEN
            RAISE EXCEPTION 'users are changed in READ COMMITTED transactions, this one is %',
                upper(current_setting('transaction_isolation'))
                USING ERRCODE = 'feature_not_supported';
        END IF;
        PERFORM refresh_rooms(ARRAY(
            SELECT room_id FROM memberships WHERE user_id = ANY (changed)
            UNION
            SELECT room_id FROM rooms WHERE creator_id = ANY (changed)));
    END IF;
    RETURN NULL;
END
$$;

-- READ COMMITTED only, as a longer snapshot would miss rooms that were made since.
CREATE FUNCTION everything_changed() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = "${flyway:defaultSchema}", pg_temp AS
$$
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'tables are truncated in READ COMMITTED transactions, this one is %',
            upper(current_setting('transaction_isolation'))
            USING ERRCODE = 'feature_not_supported';
    END IF;
    DELETE FROM room_activity a WHERE NOT EXISTS (SELECT FROM rooms r WHERE r.room_id = a.room_id);
    PERFORM refresh_rooms(ARRAY(SELECT room_id FROM rooms));
    RETURN NULL;
END
$$;

-- One trigger per table and operation, because PostgreSQL allows a transition table no more. No trigger for a new
-- user: nothing can refer to one before.

CREATE TRIGGER messages_inserted AFTER INSERT ON messages REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION messages_changed();
CREATE TRIGGER messages_updated AFTER UPDATE ON messages REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION messages_changed();
CREATE TRIGGER messages_deleted AFTER DELETE ON messages REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION messages_changed();

CREATE TRIGGER memberships_inserted AFTER INSERT ON memberships REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION memberships_changed();
CREATE TRIGGER memberships_updated AFTER UPDATE ON memberships REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION memberships_changed();
CREATE TRIGGER memberships_deleted AFTER DELETE ON memberships REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION memberships_changed();

CREATE TRIGGER rooms_inserted AFTER INSERT ON rooms REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION rooms_changed();
CREATE TRIGGER rooms_updated AFTER UPDATE ON rooms REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION rooms_changed();
CREATE TRIGGER rooms_deleted AFTER DELETE ON rooms REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION rooms_changed();

CREATE TRIGGER users_updated AFTER UPDATE ON users REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION users_changed();
CREATE TRIGGER users_deleted AFTER DELETE ON users REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION users_changed();

CREATE TRIGGER messages_truncated AFTER TRUNCATE ON messages EXECUTE FUNCTION everything_changed();
CREATE TRIGGER memberships_truncated AFTER TRUNCATE ON memberships EXECUTE FUNCTION everything_changed();
CREATE TRIGGER rooms_truncated AFTER TRUNCATE ON rooms EXECUTE FUNCTION everything_changed();

CREATE TRIGGER messages_replicated AFTER INSERT OR UPDATE OR DELETE ON messages
    FOR EACH ROW EXECUTE FUNCTION messages_changed();
CREATE TRIGGER memberships_replicated AFTER INSERT OR UPDATE OR DELETE ON memberships
    FOR EACH ROW EXECUTE FUNCTION memberships_changed();
CREATE TRIGGER rooms_replicated AFTER INSERT OR UPDATE OR DELETE ON rooms
    FOR EACH ROW EXECUTE FUNCTION rooms_changed();
CREATE TRIGGER users_replicated AFTER INSERT OR UPDATE OR DELETE ON users
    FOR EACH ROW EXECUTE FUNCTION users_changed();

ALTER TABLE messages ENABLE REPLICA TRIGGER messages_replicated;
ALTER TABLE memberships ENABLE REPLICA TRIGGER memberships_replicated;
ALTER TABLE rooms ENABLE REPLICA TRIGGER rooms_replicated;
ALTER TABLE users ENABLE REPLICA TRIGGER users_replicated;
-- TRUNCATE is replicated too, and fires no row triggers.
ALTER TABLE messages ENABLE ALWAYS TRIGGER messages_truncated;
ALTER TABLE memberships ENABLE ALWAYS TRIGGER memberships_truncated;
ALTER TABLE rooms ENABLE ALWAYS TRIGGER rooms_truncated;
