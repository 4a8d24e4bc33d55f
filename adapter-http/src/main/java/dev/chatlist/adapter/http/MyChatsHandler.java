package dev.chatlist.adapter.http;

import dev.chatlist.adapter.http.auth.BearerAuthentication;
import dev.chatlist.adapter.http.encoding.ChatsText;
import dev.chatlist.adapter.http.encoding.EncodedChats;
import dev.chatlist.adapter.http.encoding.GzipPage;
import dev.chatlist.adapter.http.encoding.Pieces;
import dev.chatlist.adapter.http.encoding.SyncedJson;
import dev.chatlist.adapter.http.request.ChatsRequest;
import dev.chatlist.adapter.http.request.ChatsRequestJson;
import dev.chatlist.application.ListMyChats;
import dev.chatlist.application.sync.SyncMyChats;
import dev.chatlist.application.sync.Synced;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.MembersLimit;
import dev.chatlist.domain.UserId;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.io.Receiver;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.RequestTooBigException;
import io.undertow.server.protocol.http.HttpServerConnection;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import java.io.IOException;
import java.util.List;

/** {@code POST /my_chats}: a page of the caller's chats, or another part of them with what has changed. */
final class MyChatsHandler {
    private final ListMyChats listMyChats;
    private final SyncMyChats syncMyChats;
    private final BearerAuthentication bearer;
    private final int maxPageSize;
    private final int maxBodyBytes;
    private final Workers workers;
    private final SlowReaders slowReaders;
    private final EncodedChats encoded;

    MyChatsHandler(
            ListMyChats listMyChats,
            SyncMyChats syncMyChats,
            BearerAuthentication bearer,
            HttpSettings settings,
            Workers workers,
            SlowReaders slowReaders,
            EncodedChats encoded) {
        this.listMyChats = listMyChats;
        this.syncMyChats = syncMyChats;
        this.bearer = bearer;
        this.maxPageSize = settings.maxPageSize();
        this.maxBodyBytes = settings.maxBodyBytes();
        this.workers = workers;
        this.slowReaders = slowReaders;
        this.encoded = encoded;
    }

    /** A body that has come with the head, as most do, is received at once. Otherwise the token is verified first. */
    void handle(HttpServerExchange exchange) {
        HeaderMap request = exchange.getRequestHeaders();
        if (hasBody(exchange)) {
            receive(
                    exchange,
                    body -> workers.run(exchange, memory -> {
                        UserId caller = bearer.caller(request);
                        requireJson(exchange);
                        return answer(caller, request, body.bytes(), memory);
                    }));
        } else {
            workers.run(exchange, memory -> {
                UserId caller = bearer.caller(request);
                requireJson(exchange);
                memory.release();
                return sent ->
                        receive(sent, body -> workers.run(sent, more -> answer(caller, request, body.bytes(), more)));
            });
        }
    }

    private boolean hasBody(HttpServerExchange exchange) {
        long length = exchange.getRequestContentLength();
        PooledByteBuffer arrived = ((HttpServerConnection) exchange.getConnection()).getExtraBytes();
        return length >= 0
                && length <= maxBodyBytes
                && arrived != null
                && arrived.getBuffer().remaining() >= length;
    }

    private void receive(HttpServerExchange exchange, ReceivedBody.Consumer next) {
        Receiver receiver = exchange.getRequestReceiver();
        receiver.setMaxBufferSize(maxBodyBytes);
        receiver.receiveFullBytes(
                (received, bytes) -> next.accept(() -> bytes),
                (received, e) -> next.accept(() -> {
                    throw unreadable(e);
                }));
    }

    /** A body, or the failure to receive it. */
    private interface ReceivedBody {
        byte[] bytes();

        interface Consumer {
            void accept(ReceivedBody body);
        }
    }

    private Answer answer(UserId caller, HeaderMap request, byte[] body, Memory.Share memory) {
        ChatsText text = text(caller, ChatsRequestJson.parse(body, maxPageSize), memory.bytes());
        Pieces pieces = new Pieces();
        boolean prefersGzip = AcceptEncoding.prefersGzip(request);
        if (prefersGzip && GzipPage.write(text, encoded, pieces, memory::hold)) {
            return new ListResponse(pieces, true, memory, slowReaders);
        }
        encoded.write(text, pieces, memory::hold);
        boolean isGzip = prefersGzip && pieces.length() >= ListResponse.MIN_GZIPPED_BYTES;
        return new ListResponse(isGzip ? GzipPage.compressed(pieces) : pieces, isGzip, memory, slowReaders);
    }

    private ChatsText text(UserId caller, ChatsRequest request, long maxBytes) {
        if (request instanceof ChatsRequest.Plain plain) {
            List<Chat> chats = listMyChats.listMyChats(caller, plain.page(), maxBytes);
            return new ChatsText(ListResponse.START, chats, ListResponse.END);
        }
        ChatsRequest.Sync sync = (ChatsRequest.Sync) request;
        MembersLimit limit = sync.limit();
        Synced<Chat> answer = limit == null
                ? syncMyChats.syncMyChats(caller, sync.request(), maxBytes)
                : syncMyChats.syncMyChats(caller, sync.request(), limit, maxBytes);
        return SyncedJson.answer(ListResponse.START, sync.request(), answer, limit != null);
    }

    private void requireJson(HttpServerExchange exchange) {
        HeaderMap request = exchange.getRequestHeaders();
        HeaderValues types = request.get(Headers.CONTENT_TYPE);
        if (types != null && !types.stream().allMatch(MyChatsHandler::isJson)) {
            throw Failure.notJson("the Content-Type must be application/json");
        }
        HeaderValues encodings = request.get(Headers.CONTENT_ENCODING);
        if (encodings != null && !encodings.stream().allMatch("identity"::equalsIgnoreCase)) {
            throw Failure.notJson("the body must be sent as it is, without a Content-Encoding");
        }
        // The receiver checks this too, but first it allocates a buffer of that length.
        if (exchange.getRequestContentLength() > maxBodyBytes) {
            throw Failure.bodyTooLarge(maxBodyBytes);
        }
    }

    private static boolean isJson(String contentType) {
        return contentType.split(";", 2)[0].strip().equalsIgnoreCase("application/json");
    }

    private Failure unreadable(IOException e) {
        boolean tooLarge = e instanceof Receiver.RequestToLargeException
                || e instanceof RequestTooBigException
                || e.getCause() instanceof RequestTooBigException;
        return tooLarge ? Failure.bodyTooLarge(maxBodyBytes) : Failure.badRequest("the body could not be read");
    }
}
