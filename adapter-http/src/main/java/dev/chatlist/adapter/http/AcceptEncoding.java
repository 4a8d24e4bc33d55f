package dev.chatlist.adapter.http;

import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Which content coding a client prefers, of the two there are here: gzip, and none (RFC 9110, 12.5.3). */
final class AcceptEncoding {
    /** A coding, and how much it is liked; other parameters aren't defined. */
    private static final Pattern CODING =
            Pattern.compile("\\s*([^\\s;]+)\\s*(?:;\\s*[qQ]\\s*=\\s*(0(?:\\.[0-9]{0,3})?|1(?:\\.0{0,3})?)\\s*)?");

    private AcceptEncoding() {}

    /** Whether gzip is accepted, and liked no less than none. Without the header, or where it is no good, it isn't. */
    static boolean prefersGzip(HeaderMap request) {
        HeaderValues headers = request.get(Headers.ACCEPT_ENCODING);
        if (headers == null) {
            return false;
        }
        Double gzip = null;
        Double identity = null;
        Double any = null;
        for (String header : headers) {
            for (String coding : header.split(",", -1)) {
                Matcher matcher = CODING.matcher(coding);
                if (matcher.matches()) {
                    double quality = matcher.group(2) == null ? 1 : Double.parseDouble(matcher.group(2));
                    switch (matcher.group(1).toLowerCase(Locale.ROOT)) {
                        case "gzip", "x-gzip" -> gzip = quality;
                        case "identity" -> identity = quality;
                        case "*" -> any = quality;
                        default -> {}
                    }
                }
            }
        }
        double gzipQuality = first(gzip, any);
        return gzipQuality > 0 && gzipQuality >= first(identity, any);
    }

    private static double first(@Nullable Double named, @Nullable Double any) {
        return named != null ? named : any != null ? any : 0;
    }
}
