SELECT a.room_id, a.last_activity, a.latest_message_id
FROM memberships m
JOIN room_activity a ON a.room_id = m.room_id
WHERE m.user_id = ?
ORDER BY a.last_activity DESC, a.room_id DESC
OFFSET ? LIMIT ?
