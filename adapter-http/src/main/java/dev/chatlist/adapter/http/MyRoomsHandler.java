package dev.chatlist.adapter.http;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.chatlist.adapter.http.auth.BearerAuthentication;
import dev.chatlist.adapter.http.encoding.GzipPage;
import dev.chatlist.adapter.http.encoding.JsonObject;
import dev.chatlist.adapter.http.encoding.Pieces;
import dev.chatlist.application.ListMyRoomIds;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.UserId;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import java.io.IOException;
import java.util.List;

/** {@code GET /my_rooms}: the ids of all the caller's rooms, possibly tens of thousands. */
record MyRoomsHandler(
        ListMyRoomIds listMyRoomIds, BearerAuthentication bearer, Workers workers, SlowReaders slowReaders) {
    private static final int QUOTES_AND_COMMA = 3;

    void handle(HttpServerExchange exchange) {
        HeaderMap request = exchange.getRequestHeaders();
        workers.run(exchange, memory -> answer(request, memory));
    }

    private Answer answer(HeaderMap request, Memory.Share memory) throws IOException {
        UserId caller = bearer.caller(request);
        List<RoomId> rooms = listMyRoomIds.listMyRoomIds(caller, memory.bytes());
        memory.hold(rooms.stream()
                .mapToLong(room -> room.value().length() + QUOTES_AND_COMMA)
                .sum());
        Pieces body = new Pieces();
        body.share(ListResponse.START);
        try (JsonGenerator json = JsonObject.generator(body)) {
            for (RoomId room : rooms) {
                json.writeString(room.value());
            }
        }
        body.share(ListResponse.END);
        boolean isGzip = body.length() >= ListResponse.MIN_GZIPPED_BYTES && AcceptEncoding.prefersGzip(request);
        return new ListResponse(isGzip ? GzipPage.compressed(body) : body, isGzip, memory, slowReaders);
    }
}
