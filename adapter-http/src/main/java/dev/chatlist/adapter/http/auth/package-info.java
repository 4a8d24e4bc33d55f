/**
 * Authentication: an Authorization header in, a user id out. {@code BearerAuthentication} finds the caller of a
 * request, {@code TokenVerifier} decides whether its signature is good, {@code ClaimChecks} whether it says what it
 * must, and {@code AuthSettings} holds the keys and the expected claims. {@code JwksKeys} chooses among the keys that an
 * issuer publishes, {@code PublishedKeys} decides when to fetch them and who waits. Change this package to accept other tokens or keys. No other package uses jose4j.
 *
 * <p>The configured key decides the algorithm, never the token. Tokens and secrets must not appear in logs or in the
 * text of exceptions.
 */
@NullMarked
package dev.chatlist.adapter.http.auth;

import org.jspecify.annotations.NullMarked;
