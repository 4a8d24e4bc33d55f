package dev.chatlist.adapter.http.encoding;

import static dev.chatlist.adapter.http.encoding.JsonObject.text;
import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.chatlist.application.sync.Cursor;
import dev.chatlist.application.sync.RemovedRoom;
import dev.chatlist.application.sync.SyncRequest;
import dev.chatlist.application.sync.Synced;
import dev.chatlist.domain.Chat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** The answer to a request that isn't plain. Names, order and presence of the fields are the contract. */
public final class SyncedJson {
    private static final byte[] MOVED = "],\"moved\":[".getBytes(US_ASCII);
    private static final byte[] NOT_MOVED = {};

    private static final JsonObject<RemovedRoom> REMOVED = new JsonObject<>(
            List.of(text("room_id", room -> room.roomId().value()), text("reason", room -> switch (room.reason()) {
                case LEFT -> "left";
                case ROOM_REMOVED -> "room_removed";
            })));

    private SyncedJson() {}

    /**
     * The text of the synced.
     *
     * @param start what stands before the first chat
     * @param isCounted whether each chat ends with {@code member_count}
     */
    public static ChatsText answer(byte[] start, SyncRequest request, Synced<Chat> synced, boolean isCounted) {
        boolean goesOn =
                request instanceof SyncRequest.Walk walk && !walk.cursor().equals(Cursor.BEGIN);
        boolean hasMoved = goesOn && !synced.isReset();
        boolean hasRemoved = hasMoved || (request instanceof SyncRequest.Delta && !synced.isReset());
        return new ChatsText(
                start,
                synced.listed(),
                hasMoved ? MOVED : NOT_MOVED,
                hasMoved ? synced.moved() : List.of(),
                end(synced, hasRemoved),
                isCounted);
    }

    private static byte[] end(Synced<Chat> synced, boolean hasRemoved) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(']');
        try (JsonGenerator json = JsonObject.generator(out)) {
            json.writeStartObject();
            if (hasRemoved) {
                json.writeArrayFieldStart("removed");
                for (RemovedRoom room : synced.removed()) {
                    REMOVED.write(json, room);
                }
                json.writeEndArray();
            }
            if (synced.isReset()) {
                json.writeBooleanField("reset", true);
            }
            if (synced.next() != null) {
                json.writeStringField("next_cursor", synced.next().value());
            }
            json.writeStringField("state", synced.state().value());
            json.writeNumberField("count", synced.count());
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        byte[] end = out.toByteArray();
        // The object has begun before the chats.
        end[1] = ',';
        return end;
    }
}
