package dev.chatlist.adapter.http.observation;

import java.util.Locale;

/** Why a request was refused that may be all right. Metrics and the access log name these. */
public enum Refused {
    /** As many requests as may wait were waiting. */
    QUEUE_FULL,
    /** Its deadline passed. */
    DEADLINE,
    /** Its answer takes more memory than there is for one. */
    MEMORY,
    /** The database didn't answer. */
    STORAGE,
    /** No key to check tokens with could be had. */
    KEYS,
    /** The server was about to stop. */
    STOPPING,
    /** As many connections as may be open had running requests. */
    CONNECTIONS,
    /** It didn't arrive in time. */
    SLOW_REQUEST,
    /** Its client read the answer too slowly, and was cut off. */
    SLOW_CLIENT,

    TOKEN_MISSING,
    /** It isn't a JWT of the form that is accepted. */
    TOKEN_MALFORMED,
    /** No key fits its header. */
    TOKEN_KEY,
    TOKEN_SIGNATURE,
    /** A claim is missing or isn't the one that the settings demand. */
    TOKEN_CLAIM,
    TOKEN_EXPIRED;

    private static final String TOKEN = "TOKEN_";

    boolean isOfToken() {
        return name().startsWith(TOKEN);
    }

    /** The name in metrics and logs. */
    public String reason() {
        return (isOfToken() ? name().substring(TOKEN.length()) : name()).toLowerCase(Locale.ROOT);
    }
}
