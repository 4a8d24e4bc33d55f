/**
 * Connections: accepting them, how many there may be, how long a client may take to send a request, and the answers that
 * are given where no handler runs. {@code HttpListener} starts it, {@code Connections} holds the limits, {@code
 * Connection} knows what one connection waits for.
 *
 * <p>Undertow parses the requests. It reads and writes a socket through {@code RequestSource} and {@code ResponseSink},
 * which see what its parser doesn't tell the handlers: {@code docs/decisions/0014-no-transfer-encodings.md} says why.
 */
@NullMarked
package dev.chatlist.adapter.http.wire;

import org.jspecify.annotations.NullMarked;
