package dev.chatlist.adapter.http.wire;

import java.time.Duration;

/**
 * What clients may take.
 *
 * @param connections how many connections may be open at once; fewer if the process can't open so many files
 * @param bodyBytes the longest body that handlers keep
 * @param requestBytes how long the heads and bodies of all requests may be together, for a moment three times that. A
 *     head takes up to three times its length while it is parsed, and it may come without a token.
 * @param receiveTimeout how long a request may take from its first byte to its last
 */
public record Limits(int connections, int bodyBytes, long requestBytes, Duration receiveTimeout) {}
