package dev.chatlist.adapter.http;

import dev.chatlist.application.ListMyRoomIds;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.UserId;
import io.undertow.server.HttpServerExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/** {@code GET /my_rooms}: the ids of all the caller's rooms, which may be tens of thousands. */
record MyRoomsHandler(ListMyRoomIds listMyRoomIds, ResponseBody.Buffers buffers) {
    void handle(HttpServerExchange exchange, UserId caller) {
        List<RoomId> rooms = listMyRoomIds.listMyRoomIds(caller);
        boolean gzip = AcceptEncoding.prefersGzip(exchange.getRequestHeaders());
        Responses.ok(exchange, buffers, gzip, out -> write(rooms, out));
    }

    private static void write(List<RoomId> rooms, OutputStream out) throws IOException {
        JsonBytes json = new JsonBytes();
        boolean first = true;
        for (RoomId room : rooms) {
            json.clear();
            (first ? json : json.raw(',')).text(room.value()).writeTo(out);
            first = false;
        }
    }
}
