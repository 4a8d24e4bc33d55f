package dev.chatlist.adapter.http;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.chatlist.application.ListMyRoomIds;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.UserId;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/** {@code GET /my_rooms}: the ids of all the caller's rooms, possibly tens of thousands. */
record MyRoomsHandler(ListMyRoomIds listMyRoomIds, ListResponse.Buffers buffers) {
    void handle(HttpServerExchange exchange, UserId caller) throws IOException {
        List<RoomId> rooms = listMyRoomIds.listMyRoomIds(caller);
        HeaderValues accepted = exchange.getRequestHeaders().get(Headers.ACCEPT_ENCODING);
        boolean prefersGzip = accepted != null && AcceptEncoding.prefersGzip(accepted);
        ListResponse.send(exchange, buffers, prefersGzip, out -> write(rooms, out));
    }

    private static void write(List<RoomId> rooms, OutputStream out) throws IOException {
        try (JsonGenerator json = JsonObject.generator(out)) {
            for (RoomId room : rooms) {
                json.writeString(room.value());
            }
        }
    }
}
