package dev.chatlist.adapter.http.auth;

import dev.chatlist.domain.UserId;

/**
 * What an accepted token says. Times are in seconds since the epoch and allow for clocks that differ.
 *
 * @param user the user the token was issued to
 * @param acceptedFrom the first second in which the token is accepted
 * @param acceptedUntil the first second in which it is no longer accepted
 */
public record VerifiedToken(UserId user, long acceptedFrom, long acceptedUntil) {}
