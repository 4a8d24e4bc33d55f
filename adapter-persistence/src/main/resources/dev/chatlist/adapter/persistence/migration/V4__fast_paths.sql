-- What is done most often, and for each row of the largest reads, at less cost. Nothing changes but the speed.

-- Finds a member's profile by two pages where the primary key's tree needs four, some 280 times for a page of chats
-- that aren't in memory. Costs an entry per user, written once.
CREATE INDEX users_by_hash ON users USING hash (user_id);

COMMENT ON COLUMN room_activity.members_version IS
    'The version at which anything but the messages last changed: the room, its members, a member''s or the creator''s profile.';

-- As in V3, but a single new message, which is most of what is ever written, needn't search for the latest: it is the
-- new one or the one before. The UPDATE waits for whoever holds the room's row and then looks at what they left, so
-- it is as right as refresh_rooms, and takes two thirds of the time. Two messages at once are refresh_rooms' to do, as
-- rooms have to be taken in order; and so is a message that another trigger has changed or removed already.
CREATE OR REPLACE FUNCTION messages_changed() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = "${flyway:defaultSchema}", pg_temp AS
$$
DECLARE
    posted record;
BEGIN
    IF TG_LEVEL = 'ROW' THEN
        PERFORM refresh_rooms(ARRAY [OLD.to_room_id, NEW.to_room_id], false);
    ELSIF TG_OP = 'INSERT' THEN
        SELECT count(*) AS messages, min(to_room_id) AS to_room_id, min(created_at) AS created_at, min(id) AS id
        INTO posted
        FROM (SELECT to_room_id, created_at, id FROM new_rows LIMIT 2) one_or_more;
        IF posted.messages = 1 THEN
            UPDATE room_activity SET
                version = nextval('room_version'),
                last_activity = CASE WHEN latest_message_id IS NULL OR (posted.created_at, posted.id COLLATE "C")
                        > (last_activity, latest_message_id) THEN posted.created_at ELSE last_activity END,
                latest_message_id = CASE WHEN latest_message_id IS NULL OR (posted.created_at, posted.id COLLATE "C")
                        > (last_activity, latest_message_id) THEN posted.id ELSE latest_message_id END,
                changed_in = pg_current_xact_id()::text::bigint
            WHERE room_id = posted.to_room_id AND EXISTS (
                SELECT FROM messages m
                WHERE m.id = posted.id AND m.to_room_id = posted.to_room_id AND m.created_at = posted.created_at);
        END IF;
        IF posted.messages > 1 OR NOT FOUND THEN
            PERFORM refresh_rooms(ARRAY(SELECT DISTINCT to_room_id FROM new_rows), false);
        END IF;
    ELSIF TG_OP = 'DELETE' THEN
        PERFORM refresh_rooms(ARRAY(SELECT DISTINCT to_room_id FROM old_rows), false);
    ELSE
        PERFORM refresh_rooms(ARRAY(SELECT to_room_id FROM old_rows UNION SELECT to_room_id FROM new_rows), false);
    END IF;
    RETURN NULL;
END
$$;
