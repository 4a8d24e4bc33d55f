-- Lets a reader ask "which rooms changed since I last looked", so that the list of a user in very many rooms can be
-- kept in memory and still never be stale (see Pages and ADR 8).

-- The transaction that wrote the row. A snapshot knows which transactions it doesn't see: none below its xmin. So what
-- changed since a snapshot is among the rows with changed_in >= its xmin, whatever the order of commits.
-- 0 for rows that were there before: whoever reads has read them.
ALTER TABLE room_activity ADD COLUMN changed_in bigint NOT NULL DEFAULT 0;
ALTER TABLE room_activity ALTER COLUMN changed_in DROP DEFAULT;

-- For that question. Costs an entry per new version of a room, at the right end, and keeps updates from staying within
-- their page (HOT); whatever the number of members, of whom none is written.
CREATE INDEX room_activity_by_change ON room_activity (changed_in);

-- As in V1, but a room that was removed keeps its row, with a new version: readers who ask what changed must learn of
-- it. The row is in no list, as no membership leads to it.
CREATE OR REPLACE FUNCTION refresh_rooms(room_ids text[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path = "${flyway:defaultSchema}", pg_temp AS
$$
BEGIN
    PERFORM FROM room_activity WHERE room_id = ANY (room_ids) ORDER BY room_id FOR NO KEY UPDATE;

    INSERT INTO room_activity (room_id, version, last_activity, latest_message_id, changed_in)
    SELECT given.room_id, nextval('room_version'), coalesce(latest.created_at, r.created_at, 0), latest.id,
           pg_current_xact_id()::text::bigint
    FROM (SELECT DISTINCT unnest(room_ids) AS room_id) given
    LEFT JOIN rooms r ON r.room_id = given.room_id
    LEFT JOIN LATERAL (
        SELECT m.id, m.created_at FROM messages m
        WHERE m.to_room_id = r.room_id
        ORDER BY m.created_at DESC, m.id DESC
        LIMIT 1) latest ON true
    WHERE given.room_id IS NOT NULL
    ON CONFLICT (room_id) DO UPDATE SET
        version = excluded.version,
        last_activity = excluded.last_activity,
        latest_message_id = excluded.latest_message_id,
        changed_in = excluded.changed_in;
END
$$;

CREATE OR REPLACE FUNCTION rooms_changed() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = "${flyway:defaultSchema}", pg_temp AS
$$
BEGIN
    IF TG_LEVEL = 'ROW' THEN
        PERFORM FROM users WHERE user_id = NEW.creator_id FOR SHARE;
        PERFORM refresh_rooms(ARRAY [OLD.room_id, NEW.room_id]);
    ELSIF TG_OP = 'INSERT' THEN
        PERFORM FROM users WHERE user_id IN (SELECT creator_id FROM new_rows) ORDER BY user_id FOR SHARE;
        PERFORM refresh_rooms(ARRAY(SELECT room_id FROM new_rows));
    ELSIF TG_OP = 'DELETE' THEN
        PERFORM refresh_rooms(ARRAY(SELECT room_id FROM old_rows));
    ELSE
        PERFORM FROM users
        WHERE user_id IN (
            SELECT n.creator_id FROM new_rows n LEFT JOIN old_rows o ON o.room_id = n.room_id
            WHERE n.creator_id IS DISTINCT FROM o.creator_id)
        ORDER BY user_id FOR SHARE;
        PERFORM refresh_rooms(ARRAY(SELECT room_id FROM old_rows UNION SELECT room_id FROM new_rows));
    END IF;
    RETURN NULL;
END
$$;

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
    PERFORM refresh_rooms(ARRAY(SELECT room_id FROM room_activity UNION SELECT room_id FROM rooms));
    RETURN NULL;
END
$$;
