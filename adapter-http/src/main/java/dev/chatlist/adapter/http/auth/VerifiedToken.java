package dev.chatlist.adapter.http.auth;

import dev.chatlist.domain.UserId;

/**
 * What an accepted token says. Times are in seconds since the epoch and allow for clocks that differ.
 *
 * @param user the user the token was issued to
 * @param goodFrom the first second in which the token is accepted
 * @param goodUntil the first second in which it no longer is
 */
public record VerifiedToken(UserId user, long goodFrom, long goodUntil) {}
