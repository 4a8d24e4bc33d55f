package dev.chatlist.adapter.http;

import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Whether a client prefers gzip to no compression, by its Accept-Encoding headers (RFC 9110, 12.5.3). */
final class AcceptEncoding {
    /** A coding and its quality value. The RFC defines no other parameters. */
    private static final Pattern CODING =
            Pattern.compile("\\s*([^\\s;]+)\\s*(?:;\\s*[qQ]\\s*=\\s*(0(?:\\.[0-9]{0,3})?|1(?:\\.0{0,3})?)\\s*)?");

    private AcceptEncoding() {}

    static boolean prefersGzip(HeaderMap request) {
        HeaderValues accepted = request.get(Headers.ACCEPT_ENCODING);
        return accepted != null && prefersGzip(accepted);
    }

    /**
     * Whether gzip is accepted and its quality is no lower than that of no compression. Malformed codings are ignored.
     */
    private static boolean prefersGzip(List<String> headers) {
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
