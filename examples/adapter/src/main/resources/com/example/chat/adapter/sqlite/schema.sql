-- SQLite compares texts byte by byte in UTF-8, which is the order by code point that the ports require.

BEGIN IMMEDIATE;

-- The number of the latest recording, which is the version of the rooms that it changes.
CREATE TABLE IF NOT EXISTS recordings (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    latest INTEGER NOT NULL
) STRICT;
INSERT INTO recordings VALUES (1, 0) ON CONFLICT DO NOTHING;

CREATE TABLE IF NOT EXISTS users (
    user_id  TEXT PRIMARY KEY,
    document TEXT NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS rooms (
    room_id    TEXT PRIMARY KEY,
    creator_id TEXT NOT NULL REFERENCES users,
    created_at INTEGER NOT NULL,
    document   TEXT NOT NULL,
    version    INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS rooms_of_creator ON rooms (creator_id);

CREATE TABLE IF NOT EXISTS memberships (
    room_id   TEXT NOT NULL REFERENCES rooms ON DELETE CASCADE,
    user_id   TEXT NOT NULL REFERENCES users,
    joined_at INTEGER NOT NULL,
    PRIMARY KEY (room_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS rooms_of_user ON memberships (user_id, room_id);

CREATE TABLE IF NOT EXISTS messages (
    message_id TEXT PRIMARY KEY,
    room_id    TEXT NOT NULL REFERENCES rooms ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    document   TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS messages_by_time ON messages (room_id, created_at, message_id);

CREATE VIEW IF NOT EXISTS chats AS
SELECT r.room_id, r.version, json_object(
    'room', json(r.document),
    'creator', json((SELECT document FROM users WHERE user_id = r.creator_id)),
    'members', json((
        SELECT json_group_array(json(u.document) ORDER BY m.joined_at, m.user_id)
        FROM memberships m JOIN users u USING (user_id)
        WHERE m.room_id = r.room_id)),
    'latest', json((
        SELECT document FROM messages WHERE room_id = r.room_id ORDER BY created_at DESC, message_id DESC LIMIT 1))
) AS chat
FROM rooms r;

CREATE TRIGGER IF NOT EXISTS profile_changed AFTER UPDATE ON users BEGIN
    UPDATE rooms SET version = (SELECT latest FROM recordings)
    WHERE creator_id = new.user_id OR room_id IN (SELECT room_id FROM memberships WHERE user_id = new.user_id);
END;

CREATE TRIGGER IF NOT EXISTS member_joined AFTER INSERT ON memberships BEGIN
    UPDATE rooms SET version = (SELECT latest FROM recordings) WHERE room_id = new.room_id;
END;

CREATE TRIGGER IF NOT EXISTS member_left AFTER DELETE ON memberships BEGIN
    UPDATE rooms SET version = (SELECT latest FROM recordings) WHERE room_id = old.room_id;
END;

CREATE TRIGGER IF NOT EXISTS message_posted AFTER INSERT ON messages BEGIN
    UPDATE rooms SET version = (SELECT latest FROM recordings) WHERE room_id = new.room_id;
END;

CREATE TRIGGER IF NOT EXISTS message_changed AFTER UPDATE ON messages BEGIN
    UPDATE rooms SET version = (SELECT latest FROM recordings) WHERE room_id IN (old.room_id, new.room_id);
END;

CREATE TRIGGER IF NOT EXISTS message_removed AFTER DELETE ON messages BEGIN
    UPDATE rooms SET version = (SELECT latest FROM recordings) WHERE room_id = old.room_id;
END;

COMMIT;
