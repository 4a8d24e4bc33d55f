package dev.chatlist.bootstrap;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.toMap;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.chatlist.adapter.http.StaticFile;
import dev.chatlist.bootstrap.settings.Settings;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;

/** The pages that are served beside the API, by path. They load nothing from anywhere else. */
final class WebPages {
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
            + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'; img-src data:";

    private static final Map<String, String> API_DOCS = Map.of(
            "/openapi.yaml", "docs/openapi.yaml",
            "/docs", "docs/index.html",
            "/docs/docs.js", "docs/docs.js",
            "/docs/swagger-ui.css", "docs/swagger-ui.css",
            "/docs/swagger-ui-bundle.js", "docs/swagger-ui-bundle.js",
            "/docs/swagger-ui-bundle.js.LICENSE.txt", "docs/swagger-ui-bundle.js.LICENSE.txt");

    private static final Map<String, String> INBOX = Map.of(
            "/", "inbox/index.html",
            "/inbox.css", "inbox/inbox.css",
            "/inbox.js", "inbox/inbox.js",
            "/chats.js", "inbox/chats.js",
            "/rows.js", "inbox/rows.js");

    private static final Map<String, String> MEDIA_TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "yaml", "application/yaml",
            "txt", "text/plain; charset=utf-8");

    private WebPages() {}

    /** The API's description and a page to try it, if the settings want them. */
    static Map<String, StaticFile> apiDocs(Settings settings) {
        return settings.apiDocs() ? files(API_DOCS, "") : Map.of();
    }

    /** A user's chats as a page. */
    static Map<String, StaticFile> inbox() {
        // Avatars are where their users have put them.
        return files(INBOX, " https:");
    }

    /** Returns data for a page of this server, and for no other. */
    static StaticFile json(Object content) {
        try {
            return new StaticFile("application/json", POLICY, true, new ObjectMapper().writeValueAsBytes(content));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static Map<String, StaticFile> files(Map<String, String> resources, String imageSources) {
        return resources.entrySet().stream().collect(toMap(Map.Entry::getKey, file -> {
            String name = file.getValue();
            String mediaType = requireNonNull(MEDIA_TYPES.get(name.substring(name.lastIndexOf('.') + 1)), name);
            return new StaticFile(mediaType, POLICY + imageSources, false, read(name));
        }));
    }

    private static byte[] read(String resource) {
        try (InputStream in = requireNonNull(WebPages.class.getResourceAsStream(resource), resource)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
