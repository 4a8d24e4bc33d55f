package dev.chatlist.adapter.http;

import dev.chatlist.application.ListMyChats;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.UserId;
import io.undertow.io.Receiver;
import io.undertow.io.Receiver.RequestToLargeException;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.RequestTooBigException;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import java.io.IOException;
import java.util.List;

/** {@code POST /my_chats}: a page of the caller's chats. */
final class MyChatsHandler {
    private final ListMyChats listMyChats;
    private final int maxPageSize;
    private final int maxBodyBytes;
    private final Workers workers;
    private final ListResponse.Buffers buffers;
    private final EncodedChats encoded;

    MyChatsHandler(ListMyChats listMyChats, HttpSettings settings, Workers workers, ListResponse.Buffers buffers) {
        this.listMyChats = listMyChats;
        this.maxPageSize = settings.maxPageSize();
        this.maxBodyBytes = settings.maxBodyBytes();
        this.workers = workers;
        this.buffers = buffers;
        encoded = new EncodedChats(settings.encodedCacheBytes());
    }

    /** Frees the worker if the body hasn't arrived yet. When it has, a worker runs the rest. */
    void handle(HttpServerExchange exchange, UserId caller) {
        requireJson(exchange);
        // The receiver checks this too, but first it allocates a buffer of that length.
        if (exchange.getRequestContentLength() > maxBodyBytes) {
            throw Failure.bodyTooLarge(maxBodyBytes);
        }
        Receiver receiver = exchange.getRequestReceiver();
        receiver.setMaxBufferSize(maxBodyBytes);
        receiver.receiveFullBytes(
                (received, body) -> workers.run(received, worker -> answer(worker, caller, body)),
                (received, e) -> Responses.failed(received, unreadable(e)));
    }

    private void answer(HttpServerExchange exchange, UserId caller, byte[] body) throws IOException {
        List<Chat> chats = listMyChats.listMyChats(caller, PageRequestJson.parse(body, maxPageSize));
        HeaderValues accepted = exchange.getRequestHeaders().get(Headers.ACCEPT_ENCODING);
        if (accepted != null && AcceptEncoding.prefersGzip(accepted)) {
            answerWithGzip(exchange, chats);
        } else {
            ListResponse.send(exchange, buffers, false, out -> encoded.write(chats, out));
        }
    }

    private void answerWithGzip(HttpServerExchange exchange, List<Chat> chats) throws IOException {
        List<GzipParts.Part> parts = GzipPage.parts(chats, encoded);
        if (parts.isEmpty()) {
            ListResponse.send(exchange, buffers, true, out -> encoded.write(chats, out));
        } else {
            ListResponse.sendGzip(exchange, buffers, parts);
        }
    }

    private static void requireJson(HttpServerExchange exchange) {
        HeaderValues types = exchange.getRequestHeaders().get(Headers.CONTENT_TYPE);
        if (types != null && !types.stream().allMatch(MyChatsHandler::isJson)) {
            throw Failure.notJson("the Content-Type must be application/json");
        }
        HeaderValues encodings = exchange.getRequestHeaders().get(Headers.CONTENT_ENCODING);
        if (encodings != null && !encodings.stream().allMatch("identity"::equalsIgnoreCase)) {
            throw Failure.notJson("the body must be sent as it is, without a Content-Encoding");
        }
    }

    private static boolean isJson(String contentType) {
        return contentType.split(";", 2)[0].strip().equalsIgnoreCase("application/json");
    }

    private Failure unreadable(IOException e) {
        boolean tooLarge = e instanceof RequestToLargeException
                || e instanceof RequestTooBigException
                || e.getCause() instanceof RequestTooBigException;
        return tooLarge ? Failure.bodyTooLarge(maxBodyBytes) : Failure.badRequest("the body could not be read");
    }
}
