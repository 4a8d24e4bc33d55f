/**
 * What operators see of requests: their ids, the access log and the metrics. {@code RequestChain} gives each request its
 * {@link dev.chatlist.adapter.http.observation.RequestContext}, and tells every {@link
 * dev.chatlist.adapter.http.observation.RequestObserver} how it ended. Nothing here changes an answer, and nothing that
 * is logged or counted names a user, a room or a token.
 */
@NullMarked
package dev.chatlist.adapter.http.observation;

import org.jspecify.annotations.NullMarked;
