-- Derives room_activity, membership_changes and departures from the other tables, by triggers, in the writer's own
-- transaction.
-- Flyway runs this file again whenever it has changed, after the V migrations. So every function and trigger is defined
-- here once, in a way that replaces an older one, and ADR 13 says how a release drops one.

-- Replacing triggers takes these locks. They are taken first and in the order in which SqlJournal writes, so that
-- writers and the migration wait for each other and rarely deadlock. Readers don't wait.
LOCK TABLE users, rooms, memberships, messages IN SHARE ROW EXCLUSIVE MODE;

-- Locks the rooms' rows until the commit, in order of id: writers of one room take turns, and two writers of the same
-- rooms can't deadlock.
CREATE OR REPLACE FUNCTION lock_rooms(room_ids text[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path = "${flyway:defaultSchema}", pg_temp
    SET plan_cache_mode = force_generic_plan AS
$$
BEGIN
    PERFORM FROM (SELECT DISTINCT room_id COLLATE "C" FROM unnest(room_ids) AS given (room_id) ORDER BY 1) sorted
    CROSS JOIN LATERAL (
        SELECT FROM room_activity activity WHERE activity.room_id = sorted.room_id FOR NO KEY UPDATE) locked;
END
$$;

-- Waits for transactions that are changing these users' profiles, and holds off others, in order of id.
CREATE OR REPLACE FUNCTION lock_profiles(user_ids text[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path = "${flyway:defaultSchema}", pg_temp
    SET plan_cache_mode = force_generic_plan AS
$$
BEGIN
    PERFORM FROM (SELECT DISTINCT user_id COLLATE "C" FROM unnest(user_ids) AS given (user_id) ORDER BY 1) sorted
    CROSS JOIN LATERAL (SELECT FROM users u WHERE u.user_id = sorted.user_id FOR SHARE) locked;
END
$$;

-- Recomputes room_activity for these rooms. A transaction that changes anything that shows in a room's chat calls
-- this through the triggers below. It
--   1. locks the rooms' rows;
--   2. only then looks for the latest message, in a new snapshot that sees what the previous writer committed;
--   3. always writes a new version, even if the latest message stays: a REPEATABLE READ writer that can't see the
--      previous change then fails to serialise instead of deriving from the past.
-- A removed room gets a new version too, so that readers learn of the removal. Cost: per room one row rewritten and one
-- descent into messages_by_room, for any number of members and messages. Planned once for lists of any length: the best
-- plan is always nested loops over indexes, and planning would take longer than the rest of a message.
--
-- Members are not counted: each writer adds what it did, added_members[n] to the room room_ids[n]. A sum doesn't depend
-- on the order of the writers. Without added_members, which is how an operator calls this, they are counted anew.
CREATE OR REPLACE FUNCTION refresh_rooms(
    room_ids text[], details_changed boolean DEFAULT true, added_members integer[] DEFAULT NULL) RETURNS void
    LANGUAGE plpgsql
    SET search_path = "${flyway:defaultSchema}", pg_temp
    SET plan_cache_mode = force_generic_plan AS
$$
BEGIN
    IF added_members IS NULL THEN
        -- Adds what this transaction still has to add. Later it would be added to a count that has it.
        SET CONSTRAINTS refresh_requested IMMEDIATE;
        SET CONSTRAINTS refresh_requested DEFERRED;
    END IF;
    PERFORM lock_rooms(room_ids);

    INSERT INTO room_activity (
        room_id, version, details_version, changed_in, last_activity, members, latest_message_id)
    SELECT given.room_id, given.version, given.version, pg_current_xact_id()::text::bigint,
           coalesce(latest.created_at, r.created_at, 0), given.added, latest.id
    FROM (
        SELECT room_id, added, nextval('room_version') AS version
        FROM (
            SELECT room_id, coalesce(sum(added), 0) AS added
            FROM unnest(room_ids, added_members) AS one (room_id, added)
            WHERE room_id IS NOT NULL
            GROUP BY room_id) distinct_ids) given
    LEFT JOIN LATERAL (SELECT room_id, created_at FROM rooms WHERE rooms.room_id = given.room_id OFFSET 0) r ON true
    LEFT JOIN LATERAL (
        SELECT m.id, m.created_at FROM messages m
        WHERE m.to_room_id = r.room_id
        ORDER BY m.created_at DESC, m.id DESC
        LIMIT 1) latest ON true
    ON CONFLICT (room_id) DO UPDATE SET
        version = excluded.version,
        details_version = CASE WHEN details_changed
            THEN excluded.details_version ELSE room_activity.details_version END,
        changed_in = excluded.changed_in,
        last_activity = excluded.last_activity,
        members = room_activity.members + excluded.members,
        latest_message_id = excluded.latest_message_id;

    -- Each room has a row now, and it is locked. So a membership is either in this count, or its writer adds it later.
    IF added_members IS NULL THEN
        UPDATE room_activity activity
        SET members = (SELECT count(*) FROM memberships m WHERE m.room_id = activity.room_id)
        WHERE activity.room_id = ANY (room_ids);
    END IF;
END
$$;

-- Refreshes few rooms now and many at the commit, each of them once. A bulk load writes one room by many statements,
-- and each refresh leaves a dead row behind until the commit.
CREATE OR REPLACE FUNCTION request_refresh(
    room_ids text[], details_changed boolean DEFAULT true, added_members integer[] DEFAULT '{}') RETURNS void
    LANGUAGE plpgsql
    SET search_path = "${flyway:defaultSchema}", pg_temp AS
$$
BEGIN
    IF cardinality(room_ids) > 1000 THEN
        INSERT INTO refresh_requests (room_ids, details_changed, added_members)
        VALUES (room_ids, details_changed, added_members);
    ELSIF cardinality(room_ids) > 0 THEN
        PERFORM refresh_rooms(room_ids, details_changed, added_members);
    END IF;
END
$$;

-- Runs at the commit, once for each request. The first run takes all requests of the transaction.
CREATE OR REPLACE FUNCTION refresh_requested() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = "${flyway:defaultSchema}", pg_temp AS
$$
DECLARE
    with_details text[];
    added integer[];
    others text[];
BEGIN
    WITH taken AS (DELETE FROM refresh_requests RETURNING room_ids, details_changed, added_members),
    rooms AS (
        SELECT room_id, bool_or(details_changed) AS details_changed, sum(added_member) AS added
        FROM taken CROSS JOIN unnest(room_ids, added_members) AS requested (room_id, added_member)
        GROUP BY room_id)
    SELECT array_agg(room_id) FILTER (WHERE details_changed), array_agg(rooms.added) FILTER (WHERE details_changed),
        array_agg(room_id) FILTER (WHERE NOT details_changed)
    INTO with_details, added, others
    FROM rooms;

    -- All of them in one order. Otherwise two bulk loads of the same rooms could deadlock.
    PERFORM lock_rooms(with_details || others);
    PERFORM refresh_rooms(with_details, true, coalesce(added, '{}'));
    PERFORM refresh_rooms(others, false, '{}');
    RETURN NULL;
END
$$;

-- Records that these users are no longer in these rooms. In order, so that two writers can't deadlock. A room that is
-- removed has no row any more when its memberships go with it.
CREATE OR REPLACE FUNCTION note_departures(user_ids id[], room_ids id[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path = "${flyway:defaultSchema}", pg_temp
    SET plan_cache_mode = force_generic_plan AS
$$
BEGIN
    INSERT INTO departures (user_id, room_id, changed_in, reason, left_at)
    SELECT gone.user_id, gone.room_id, pg_current_xact_id()::text::bigint,
           CASE WHEN r.room_id IS NULL THEN 'room_removed' ELSE 'left' END, now()
    FROM unnest(user_ids, room_ids) AS gone (user_id, room_id)
    LEFT JOIN LATERAL (SELECT room_id FROM rooms WHERE rooms.room_id = gone.room_id OFFSET 0) r ON true
    ORDER BY gone.user_id, gone.room_id
    ON CONFLICT (user_id, room_id) DO UPDATE SET
        changed_in = excluded.changed_in, reason = excluded.reason, left_at = excluded.left_at;
END
$$;

-- Deletes departures that are older than 30 days, the oldest first, and at most a thousand. Costs one descent into
-- departures_by_change if the oldest isn't as old. Never waits: the lock of the epoch's row lets one writer at a time
-- do it, and rows that others have locked are skipped. Nor does enter_epoch wait for it: it does nothing where an epoch
-- has to begin. What was restored from another server may name a transaction yet to come: no reader misses that.
CREATE OR REPLACE FUNCTION forget_departures() RETURNS void
    LANGUAGE plpgsql
    SET search_path = "${flyway:defaultSchema}", pg_temp
    SET plan_cache_mode = force_generic_plan AS
$$
DECLARE
    horizon timestamptz := now() - interval '30 days';
BEGIN
    PERFORM FROM (SELECT left_at FROM departures ORDER BY changed_in LIMIT 1) oldest WHERE left_at < horizon;
    IF NOT FOUND OR NOT EXISTS (SELECT FROM epoch WHERE history = server_history()) THEN
        RETURN;
    END IF;
    PERFORM FROM epoch FOR NO KEY UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    WITH deleted AS (
        DELETE FROM departures WHERE ctid = ANY (ARRAY(
            SELECT ctid FROM departures
            WHERE left_at < horizon AND changed_in <= (
                SELECT max(changed_in) FROM (SELECT changed_in FROM departures ORDER BY changed_in LIMIT 1000) oldest)
            ORDER BY changed_in
            LIMIT 1000
            FOR UPDATE SKIP LOCKED))
        RETURNING changed_in)
    UPDATE epoch SET forgotten = greatest(forgotten, (
        SELECT max(changed_in) FROM deleted
        WHERE changed_in < pg_snapshot_xmax(pg_current_snapshot())::text::bigint));
END
$$;

-- Records which memberships this transaction added, changed or removed, or only that there were more than a thousand,
-- and deletes rows that no reader needs any more.
-- Only inserts, and skips locked rows when it deletes, so no two writers of memberships wait for each other here. A
-- REPEATABLE READ writer deletes nothing: it could fail because another writer deleted the same row.
CREATE OR REPLACE FUNCTION note_membership_changes(user_ids text[], room_ids text[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path = "${flyway:defaultSchema}", pg_temp
    SET plan_cache_mode = force_generic_plan AS
$$
DECLARE
    current bigint := pg_current_xact_id()::text::bigint;
BEGIN
    IF cardinality(user_ids) <= 1000 THEN
        INSERT INTO membership_changes (changed_in, user_id, room_id)
        SELECT current, changed.user_id, changed.room_id FROM unnest(user_ids, room_ids) AS changed (user_id, room_id);
    ELSE
        INSERT INTO membership_changes (changed_in) VALUES (current);
    END IF;
    IF current_setting('transaction_isolation') = 'read committed' THEN
        DELETE FROM membership_changes WHERE ctid = ANY (ARRAY(
            SELECT ctid FROM membership_changes WHERE changed_in < current - 2000000
            ORDER BY changed_in
            LIMIT 1000
            FOR UPDATE SKIP LOCKED));
        PERFORM forget_departures();
    END IF;
END
$$;

-- A profile shows in every room that its user is in or created. Cost: in proportion to those rooms, once per change.
-- READ COMMITTED only: an older snapshot might miss a room that the user joined meanwhile. That room would show the old
-- profile under a version that readers trust for ever. An error now is better.
CREATE OR REPLACE FUNCTION refresh_rooms_of(user_ids text[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path = "${flyway:defaultSchema}", pg_temp AS
$$
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'users are changed in READ COMMITTED transactions, this one is %',
            upper(current_setting('transaction_isolation'))
            USING ERRCODE = 'invalid_transaction_state';
    END IF;
    PERFORM request_refresh(ARRAY(
        SELECT joined.room_id FROM unnest(user_ids) AS given (user_id)
        CROSS JOIN LATERAL (SELECT room_id FROM memberships m WHERE m.user_id = given.user_id OFFSET 0) joined
        UNION
        SELECT created.room_id FROM unnest(user_ids) AS given (user_id)
        CROSS JOIN LATERAL (SELECT room_id FROM rooms r WHERE r.creator_id = given.user_id OFFSET 0) created));
END
$$;

-- Which run of which database this is. Readers ask once per connection. The times are those of the server's start, and of
-- the reset of its statistics, which follows a crash even where the postmaster has survived it. The database's oid
-- changes where it was created again.
CREATE OR REPLACE FUNCTION server_run() RETURNS text
    LANGUAGE sql STABLE
    RETURN concat_ws('/',
        extract(epoch FROM pg_postmaster_start_time()),
        extract(epoch FROM pg_stat_get_bgwriter_stat_reset_time()),
        (SELECT oid FROM pg_database WHERE datname = current_database()));

-- The run, and the timeline, which a failover changes. Not for a standby, which has no timeline of its own.
CREATE OR REPLACE FUNCTION server_history() RETURNS text
    LANGUAGE sql STABLE
    SET search_path = "${flyway:defaultSchema}", pg_temp
    RETURN server_run() || '/' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8);

-- Begins a new epoch. An operator calls it after restoring tables into a running server, and table_truncated calls it.
-- Everything else that takes commits back restarts the server, or brings in another one, and is noticed by enter_epoch.
CREATE OR REPLACE FUNCTION renew_epoch() RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path = "${flyway:defaultSchema}", pg_temp AS
$$
    INSERT INTO epoch (secret, history)
    VALUES (
        sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())),
        server_history())
    ON CONFLICT (is_only) DO UPDATE SET
        secret = excluded.secret,
        history = excluded.history,
        -- What was forgotten was committed before any snapshot of the new epoch.
        forgotten = 0
$$;

-- Readers call this on each new connection: it begins a new epoch if the server's history has changed, and returns the
-- server's run. On a standby it begins none and returns another run: after the promotion, a connection that is older
-- must not pass for one that has entered the epoch.
CREATE OR REPLACE FUNCTION enter_epoch() RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = "${flyway:defaultSchema}", pg_temp AS
$$
BEGIN
    -- Two IFs, because the planner of one condition would ask a standby for its history, which fails.
    IF current_setting('transaction_read_only') = 'off' THEN
        IF NOT EXISTS (SELECT FROM epoch WHERE history = server_history()) THEN
            -- Whoever comes second waits, and then finds the epoch renewed.
            LOCK TABLE epoch IN EXCLUSIVE MODE;
            IF NOT EXISTS (SELECT FROM epoch WHERE history = server_history()) THEN
                PERFORM renew_epoch();
            END IF;
        END IF;
    END IF;
    -- Not pg_is_in_recovery(): the promotion may come during this call, and the transaction stays read-only.
    RETURN server_run() || CASE current_setting('transaction_read_only') WHEN 'on' THEN '/standby' ELSE '' END;
END
$$;

-- The functions of the triggers. They run as the schema's owner, so that a writer needs no privilege but on the table
-- that it writes.
--   …_changed     runs once per statement, with transition tables: one call for a bulk load of any size.
--   …_replicated  runs once per row, for logical replication only, which fires no statement triggers for rows.
--   table_truncated  runs once per TRUNCATE.

-- A single new message is the most frequent write. It needs no search: the latest message is either this one or the one
-- before. The UPDATE waits for the writer that holds the room's row and then reads what that writer left, so the result
-- is the same as that of refresh_rooms, in less time. It leaves to refresh_rooms
--   * several messages in one statement, as rooms have to be locked in order;
--   * a message that another trigger has already changed or removed;
--   * a room that has no row yet.
CREATE OR REPLACE FUNCTION messages_changed() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = "${flyway:defaultSchema}", pg_temp AS
$$
DECLARE
    posted record;
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT to_room_id, created_at, id INTO posted FROM new_rows LIMIT 1;
        UPDATE room_activity SET
            version = nextval('room_version'),
            last_activity = CASE WHEN latest_message_id IS NULL OR (posted.created_at, posted.id COLLATE "C")
                    > (last_activity, latest_message_id) THEN posted.created_at ELSE last_activity END,
            latest_message_id = CASE WHEN latest_message_id IS NULL OR (posted.created_at, posted.id COLLATE "C")
                    > (last_activity, latest_message_id) THEN posted.id ELSE latest_message_id END,
            changed_in = pg_current_xact_id()::text::bigint
        WHERE room_id = posted.to_room_id
            AND NOT EXISTS (SELECT FROM new_rows n WHERE n.id <> posted.id)
            AND EXISTS (
                SELECT FROM messages m
                WHERE m.id = posted.id AND m.to_room_id = posted.to_room_id AND m.created_at = posted.created_at);
        IF NOT FOUND THEN
            PERFORM request_refresh(ARRAY(SELECT DISTINCT to_room_id FROM new_rows), false);
        END IF;
    ELSIF TG_OP = 'DELETE' THEN
        PERFORM request_refresh(ARRAY(SELECT DISTINCT to_room_id FROM old_rows), false);
    ELSIF EXISTS (SELECT FROM new_rows) THEN -- None when an upsert has inserted.
        PERFORM request_refresh(ARRAY(SELECT to_room_id FROM old_rows UNION SELECT to_room_id FROM new_rows), false);
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION messages_replicated() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = "${flyway:defaultSchema}", pg_temp AS
$$
BEGIN
    PERFORM refresh_rooms(ARRAY [OLD.to_room_id, NEW.to_room_id], false, '{}');
    RETURN NULL;
END
$$;

-- A new member's profile now shows in the room. Another transaction may be changing it: that one can't see this
-- membership, so it won't refresh this room. FOR SHARE waits for it, which makes this version the later one.
CREATE OR REPLACE FUNCTION memberships_changed() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = "${flyway:defaultSchema}", pg_temp AS
$$
DECLARE
    user_ids id[];
    room_ids id[];
    changed_rooms text[];
    added integer[];
BEGIN
    IF TG_OP = 'DELETE' THEN
        SELECT array_agg(user_id), array_agg(room_id) INTO user_ids, room_ids FROM old_rows;
        PERFORM note_departures(user_ids, room_ids);
        SELECT array_agg(room_id), array_agg(-members) INTO changed_rooms, added
        FROM (SELECT room_id, count(*) AS members FROM old_rows GROUP BY room_id) gone;
    ELSIF TG_OP = 'INSERT' THEN
        SELECT array_agg(user_id), array_agg(room_id) INTO user_ids, room_ids
        FROM (SELECT user_id, room_id FROM new_rows LIMIT 1001) changed;
        PERFORM lock_profiles(ARRAY(SELECT user_id FROM new_rows));
        SELECT array_agg(room_id), array_agg(members) INTO changed_rooms, added
        FROM (SELECT room_id, count(*) AS members FROM new_rows GROUP BY room_id) joined;
    ELSE
        SELECT array_agg(user_id), array_agg(room_id) INTO user_ids, room_ids
        FROM (SELECT user_id, room_id FROM old_rows EXCEPT SELECT user_id, room_id FROM new_rows) gone;
        PERFORM note_departures(user_ids, room_ids);
        SELECT array_agg(user_id), array_agg(room_id) INTO user_ids, room_ids
        FROM (
            SELECT user_id, room_id FROM old_rows UNION ALL SELECT user_id, room_id FROM new_rows LIMIT 1001) changed;
        PERFORM lock_profiles(ARRAY(SELECT user_id FROM new_rows));
        SELECT array_agg(room_id), array_agg(members) INTO changed_rooms, added
        FROM (
            SELECT room_id, sum(change) AS members
            FROM (SELECT room_id, -1 AS change FROM old_rows UNION ALL SELECT room_id, 1 FROM new_rows) one
            GROUP BY room_id) changed;
    END IF;
    PERFORM request_refresh(changed_rooms, true, added);
    IF cardinality(user_ids) > 0 THEN
        PERFORM note_membership_changes(user_ids, room_ids);
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION memberships_replicated() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = "${flyway:defaultSchema}", pg_temp AS
$$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM note_membership_changes(ARRAY [OLD.user_id], ARRAY [OLD.room_id]);
        IF (OLD.user_id, OLD.room_id) IS DISTINCT FROM (NEW.user_id, NEW.room_id) THEN
            PERFORM note_departures(ARRAY [OLD.user_id], ARRAY [OLD.room_id]);
        END IF;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM note_membership_changes(ARRAY [NEW.user_id], ARRAY [NEW.room_id]);
    END IF;
    PERFORM lock_profiles(ARRAY [NEW.user_id]);
    PERFORM refresh_rooms(ARRAY [OLD.room_id, NEW.room_id], true, ARRAY [-1, 1]);
    RETURN NULL;
END
$$;

-- The creator's profile shows in the room, member or not. FOR SHARE waits for a change of it, as for a member's.
CREATE OR REPLACE FUNCTION rooms_changed() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = "${flyway:defaultSchema}", pg_temp AS
$$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM lock_profiles(ARRAY(SELECT creator_id FROM new_rows));
        PERFORM request_refresh(ARRAY(SELECT room_id FROM new_rows));
    ELSIF TG_OP = 'DELETE' THEN
        PERFORM request_refresh(ARRAY(SELECT room_id FROM old_rows));
    ELSE
        PERFORM lock_profiles(ARRAY(
            SELECT n.creator_id FROM new_rows n LEFT JOIN old_rows o ON o.room_id = n.room_id
            WHERE n.creator_id IS DISTINCT FROM o.creator_id));
        PERFORM request_refresh(ARRAY(SELECT room_id FROM old_rows UNION SELECT room_id FROM new_rows));
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION rooms_replicated() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = "${flyway:defaultSchema}", pg_temp AS
$$
BEGIN
    PERFORM lock_profiles(ARRAY [NEW.creator_id]);
    PERFORM refresh_rooms(ARRAY [OLD.room_id, NEW.room_id], true, '{}');
    RETURN NULL;
END
$$;

-- A row that is written again unchanged changes no chat.
CREATE OR REPLACE FUNCTION users_changed() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = "${flyway:defaultSchema}", pg_temp AS
$$
DECLARE
    changed text[];
BEGIN
    IF TG_OP = 'UPDATE' THEN
        changed := ARRAY(SELECT user_id FROM (TABLE new_rows EXCEPT TABLE old_rows) differing);
    ELSE
        changed := ARRAY(SELECT user_id FROM old_rows);
    END IF;
    IF cardinality(changed) > 0 THEN
        PERFORM refresh_rooms_of(changed);
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION users_replicated() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = "${flyway:defaultSchema}", pg_temp AS
$$
BEGIN
    PERFORM refresh_rooms_of(ARRAY [OLD.user_id, NEW.user_id]);
    RETURN NULL;
END
$$;

-- Any room and any membership may have changed, and nothing tells who was a member: so a new epoch begins, unless only
-- messages are gone. READ COMMITTED only: an older snapshot would miss rooms that were created since.
CREATE OR REPLACE FUNCTION table_truncated() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = "${flyway:defaultSchema}", pg_temp AS
$$
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'tables are truncated in READ COMMITTED transactions, this one is %',
            upper(current_setting('transaction_isolation'))
            USING ERRCODE = 'invalid_transaction_state';
    END IF;
    INSERT INTO membership_changes (changed_in) VALUES (pg_current_xact_id()::text::bigint);
    PERFORM refresh_rooms(ARRAY(SELECT room_id FROM room_activity UNION SELECT room_id FROM rooms));
    IF TG_TABLE_NAME <> 'messages' THEN
        PERFORM renew_epoch();
    END IF;
    RETURN NULL;
END
$$;

-- These find their rows by an index, one for each id. A planner without statistics, or one that planned while the tables
-- were empty, may think that reading a whole table is cheaper, and a session keeps its plans. Together with subqueries
-- that no planner can merge into the query around them (LATERAL with FOR SHARE or OFFSET 0), this leaves it no choice.
ALTER FUNCTION lock_rooms SET enable_seqscan = off;
ALTER FUNCTION lock_profiles SET enable_seqscan = off;
ALTER FUNCTION refresh_rooms SET enable_seqscan = off;
ALTER FUNCTION refresh_rooms_of SET enable_seqscan = off;
ALTER FUNCTION note_departures SET enable_seqscan = off;
ALTER FUNCTION forget_departures SET enable_seqscan = off;
ALTER FUNCTION note_membership_changes SET enable_seqscan = off;
ALTER FUNCTION messages_changed SET enable_seqscan = off;

-- One trigger for each table and operation: PostgreSQL allows a trigger with transition tables only one event. None for
-- new users, as nothing can refer to a user before it is inserted, and none for truncated users, as PostgreSQL
-- truncates rooms and memberships with them.

CREATE OR REPLACE TRIGGER messages_inserted AFTER INSERT ON messages REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION messages_changed();
CREATE OR REPLACE TRIGGER messages_updated AFTER UPDATE ON messages
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION messages_changed();
CREATE OR REPLACE TRIGGER messages_deleted AFTER DELETE ON messages REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION messages_changed();

CREATE OR REPLACE TRIGGER memberships_inserted AFTER INSERT ON memberships REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION memberships_changed();
CREATE OR REPLACE TRIGGER memberships_updated AFTER UPDATE ON memberships
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION memberships_changed();
CREATE OR REPLACE TRIGGER memberships_deleted AFTER DELETE ON memberships REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION memberships_changed();

CREATE OR REPLACE TRIGGER rooms_inserted AFTER INSERT ON rooms REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION rooms_changed();
CREATE OR REPLACE TRIGGER rooms_updated AFTER UPDATE ON rooms
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION rooms_changed();
CREATE OR REPLACE TRIGGER rooms_deleted AFTER DELETE ON rooms REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION rooms_changed();

CREATE OR REPLACE TRIGGER users_updated AFTER UPDATE ON users
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION users_changed();
CREATE OR REPLACE TRIGGER users_deleted AFTER DELETE ON users REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION users_changed();

-- PostgreSQL can't replace a constraint trigger.
DROP TRIGGER IF EXISTS refresh_requested ON refresh_requests;
CREATE CONSTRAINT TRIGGER refresh_requested AFTER INSERT ON refresh_requests DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION refresh_requested();

CREATE OR REPLACE TRIGGER messages_truncated AFTER TRUNCATE ON messages EXECUTE FUNCTION table_truncated();
CREATE OR REPLACE TRIGGER memberships_truncated AFTER TRUNCATE ON memberships EXECUTE FUNCTION table_truncated();
CREATE OR REPLACE TRIGGER rooms_truncated AFTER TRUNCATE ON rooms EXECUTE FUNCTION table_truncated();

CREATE OR REPLACE TRIGGER messages_replicated AFTER INSERT OR UPDATE OR DELETE ON messages
    FOR EACH ROW EXECUTE FUNCTION messages_replicated();
CREATE OR REPLACE TRIGGER memberships_replicated AFTER INSERT OR UPDATE OR DELETE ON memberships
    FOR EACH ROW EXECUTE FUNCTION memberships_replicated();
CREATE OR REPLACE TRIGGER rooms_replicated AFTER INSERT OR UPDATE OR DELETE ON rooms
    FOR EACH ROW EXECUTE FUNCTION rooms_replicated();
-- Inserts too: a replica may get a membership before its user.
CREATE OR REPLACE TRIGGER users_replicated AFTER INSERT OR UPDATE OR DELETE ON users
    FOR EACH ROW EXECUTE FUNCTION users_replicated();

-- CREATE OR REPLACE resets a trigger to fire for local writers only.
ALTER TABLE messages ENABLE REPLICA TRIGGER messages_replicated;
ALTER TABLE memberships ENABLE REPLICA TRIGGER memberships_replicated;
ALTER TABLE rooms ENABLE REPLICA TRIGGER rooms_replicated;
ALTER TABLE users ENABLE REPLICA TRIGGER users_replicated;
-- TRUNCATE is replicated too. On the replica it fires statement triggers.
ALTER TABLE messages ENABLE ALWAYS TRIGGER messages_truncated;
ALTER TABLE memberships ENABLE ALWAYS TRIGGER memberships_truncated;
ALTER TABLE rooms ENABLE ALWAYS TRIGGER rooms_truncated;
-- A profile that is replicated may show in more rooms than are refreshed at once.
ALTER TABLE refresh_requests ENABLE ALWAYS TRIGGER refresh_requested;

-- Instances that run read the epoch of new tables on the connections that they have.
DO
$$
BEGIN
    PERFORM enter_epoch();
END
$$;
