-- Lets a reader keep the lists of all its users in memory and ask, once for all of them, what has changed since it last
-- asked (see RoomOrders and ADR 8); and lets it keep a room's members when only a message is new.

-- The version at which the members, or the profile of one, last changed; never greater than version.
ALTER TABLE room_activity ADD COLUMN members_version bigint NOT NULL DEFAULT 0;
ALTER TABLE room_activity ALTER COLUMN members_version DROP DEFAULT;

-- Which memberships came or went, and in which transaction. What became of them is for memberships to say. A log that
-- forgets: readers who haven't asked for a million transactions start anew, so twice as old is old enough to go.
CREATE TABLE membership_changes (
    changed_in bigint NOT NULL,
    -- Null where more changed at once than are told one by one.
    user_id    id,
    room_id    id
);
CREATE INDEX membership_changes_by_change ON membership_changes (changed_in);

-- As in V2, with members_version. Planned once for lists of any length: they all want the same nested loops over
-- indexes, and planning took longer than all the rest of a message.
DROP FUNCTION refresh_rooms(text[]);
CREATE FUNCTION refresh_rooms(room_ids text[], members_changed boolean DEFAULT true) RETURNS void
    LANGUAGE plpgsql
    SET search_path = "${flyway:defaultSchema}", pg_temp
    SET plan_cache_mode = force_generic_plan AS
$$
BEGIN
    PERFORM FROM room_activity WHERE room_id = ANY (room_ids) ORDER BY room_id FOR NO KEY UPDATE;

    INSERT INTO room_activity (room_id, version, members_version, last_activity, latest_message_id, changed_in)
    SELECT given.room_id, given.version, given.version, coalesce(latest.created_at, r.created_at, 0), latest.id,
           pg_current_xact_id()::text::bigint
    FROM (
        SELECT room_id, nextval('room_version') AS version
        FROM (SELECT DISTINCT unnest(room_ids) AS room_id) distinct_ids
        WHERE room_id IS NOT NULL) given
    LEFT JOIN rooms r ON r.room_id = given.room_id
    LEFT JOIN LATERAL (
        SELECT m.id, m.created_at FROM messages m
        WHERE m.to_room_id = r.room_id
        ORDER BY m.created_at DESC, m.id DESC
        LIMIT 1) latest ON true
    ON CONFLICT (room_id) DO UPDATE SET
        version = excluded.version,
        members_version = CASE WHEN members_changed
            THEN excluded.members_version ELSE room_activity.members_version END,
        last_activity = excluded.last_activity,
        latest_message_id = excluded.latest_message_id,
        changed_in = excluded.changed_in;
END
$$;

-- Only ever inserts, so that no two writers of memberships wait for each other here; and what it removes, no other
-- transaction is removing. A REPEATABLE READ writer removes nothing: it might fail for no reason of its own.
CREATE FUNCTION note_membership_changes(user_ids text[], room_ids text[]) RETURNS void
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
            LIMIT 1000
            FOR UPDATE SKIP LOCKED));
    END IF;
END
$$;

-- As in V1; no member changes with a message.
CREATE OR REPLACE FUNCTION messages_changed() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = "${flyway:defaultSchema}", pg_temp AS
$$
BEGIN
    IF TG_LEVEL = 'ROW' THEN
        PERFORM refresh_rooms(ARRAY [OLD.to_room_id, NEW.to_room_id], false);
    ELSIF TG_OP = 'INSERT' THEN
        PERFORM refresh_rooms(ARRAY(SELECT DISTINCT to_room_id FROM new_rows), false);
    ELSIF TG_OP = 'DELETE' THEN
        PERFORM refresh_rooms(ARRAY(SELECT DISTINCT to_room_id FROM old_rows), false);
    ELSE
        PERFORM refresh_rooms(ARRAY(SELECT to_room_id FROM old_rows UNION SELECT to_room_id FROM new_rows), false);
    END IF;
    RETURN NULL;
END
$$;

-- As in V1, and noted.
CREATE OR REPLACE FUNCTION memberships_changed() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = "${flyway:defaultSchema}", pg_temp AS
$$
DECLARE
    user_ids text[];
    room_ids text[];
BEGIN
    IF TG_LEVEL = 'ROW' THEN
        IF TG_OP <> 'INSERT' THEN
            PERFORM note_membership_changes(ARRAY [OLD.user_id], ARRAY [OLD.room_id]);
        END IF;
        IF TG_OP <> 'DELETE' THEN
            PERFORM note_membership_changes(ARRAY [NEW.user_id], ARRAY [NEW.room_id]);
        END IF;
        PERFORM FROM users WHERE user_id = NEW.user_id FOR SHARE;
        PERFORM refresh_rooms(ARRAY [OLD.room_id, NEW.room_id]);
    ELSIF TG_OP = 'DELETE' THEN
        SELECT array_agg(user_id), array_agg(room_id) INTO user_ids, room_ids
        FROM (SELECT user_id, room_id FROM old_rows LIMIT 1001) changed;
        PERFORM refresh_rooms(ARRAY(SELECT DISTINCT room_id FROM old_rows));
    ELSIF TG_OP = 'INSERT' THEN
        SELECT array_agg(user_id), array_agg(room_id) INTO user_ids, room_ids
        FROM (SELECT user_id, room_id FROM new_rows LIMIT 1001) changed;
        PERFORM FROM users WHERE user_id IN (SELECT user_id FROM new_rows) ORDER BY user_id FOR SHARE;
        PERFORM refresh_rooms(ARRAY(SELECT DISTINCT room_id FROM new_rows));
    ELSE
        SELECT array_agg(user_id), array_agg(room_id) INTO user_ids, room_ids
        FROM (
            SELECT user_id, room_id FROM old_rows UNION ALL SELECT user_id, room_id FROM new_rows LIMIT 1001) changed;
        PERFORM FROM users WHERE user_id IN (SELECT user_id FROM new_rows) ORDER BY user_id FOR SHARE;
        PERFORM refresh_rooms(ARRAY(SELECT room_id FROM old_rows UNION SELECT room_id FROM new_rows));
    END IF;
    IF cardinality(user_ids) > 0 THEN
        PERFORM note_membership_changes(user_ids, room_ids);
    END IF;
    RETURN NULL;
END
$$;

-- As in V2; every membership may be gone.
CREATE OR REPLACE FUNCTION everything_changed() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = "${flyway:defaultSchema}", pg_temp AS
$$
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'tables are truncated in READ COMMITTED transactions, this one is %',
            upper(current_setting('transaction_isolation'))
            USING ERRCODE = 'feature_not_supported';
    END IF;
    INSERT INTO membership_changes (changed_in) VALUES (pg_current_xact_id()::text::bigint);
    PERFORM refresh_rooms(ARRAY(SELECT room_id FROM room_activity UNION SELECT room_id FROM rooms));
    RETURN NULL;
END
$$;
