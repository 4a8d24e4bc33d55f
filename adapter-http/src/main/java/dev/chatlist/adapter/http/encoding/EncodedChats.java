package dev.chatlist.adapter.http.encoding;

import com.fasterxml.jackson.core.JsonGenerator;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.chatlist.adapter.http.encoding.EncodedChat.EncodedUser;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.Message;
import dev.chatlist.domain.User;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.cache.CaffeineCacheMetrics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Caches the encoded form of users and chats. Both are immutable, and the directory returns the same object for as long
 * as its content is the same, so the keys are compared by identity: an entry can't become stale. An entry goes when its
 * user or chat is garbage collected, or when the cache is full.
 */
public final class EncodedChats {
    /** The memory that an entry takes beside the encoded bytes, roughly. */
    private static final int ENTRY_BYTES = 200;

    private static final byte[] COMMA = {','};
    private static final int MIN_CHAT_BYTES = 300;
    private static final int MIN_USER_BYTES = 300;

    /** Record one access in 64 with the eviction policy: that is enough to rank entries, and recording costs time. */
    private static final int RECORD_ONE_IN = 64;

    /** An {@link EncodedUser} by user, a {@link Encodings} by chat. */
    private final Cache<Object, Object> cache;

    private final boolean isEnabled;

    /**
     * An empty cache.
     *
     * @param cacheBytes the most memory that the cache may take; 0 turns it off
     */
    public EncodedChats(long cacheBytes) {
        isEnabled = cacheBytes > 0;
        cache = Caffeine.newBuilder()
                .weakKeys()
                .maximumWeight(cacheBytes)
                .weigher((Object key, Object encoded) -> ENTRY_BYTES + size(encoded))
                .evictionListener((key, encoded, cause) -> evicted(encoded))
                .executor(Runnable::run)
                .recordStats()
                .build();
    }

    /** Measures the cache. Only one look-up of a chat in {@value #RECORD_ONE_IN} is counted. */
    public void bindTo(MeterRegistry registry) {
        CaffeineCacheMetrics.monitor(registry, cache, "encoded");
        Gauge.builder(
                        "chatlist.cache.bytes",
                        cache,
                        cached -> cached.policy()
                                .eviction()
                                .orElseThrow()
                                .weightedSize()
                                .orElseThrow())
                .description("An estimate of the memory that a cache takes.")
                .baseUnit("bytes")
                .tag("cache", "encoded")
                .register(registry);
    }

    private static int size(Object encoded) {
        return encoded instanceof EncodedUser user ? user.size() : ((Encodings) encoded).size();
    }

    private static void evicted(@Nullable Object encoded) {
        if (encoded instanceof EncodedUser user) {
            user.evict();
        }
    }

    boolean isEnabled() {
        return isEnabled;
    }

    /**
     * Adds the JSON of the chats, with commas between them.
     *
     * @param memory is asked before each chat whether so many bytes may be held, roughly; it throws if not
     */
    public void write(List<Chat> chats, Pieces out, LongConsumer memory) {
        try {
            if (isEnabled) {
                writeCached(chats, out, memory);
            } else {
                writeUncached(chats, out, memory);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
    }

    private void writeCached(List<Chat> chats, Pieces out, LongConsumer memory) throws IOException {
        Function<User, @Nullable EncodedUser> users = this::cachedUser;
        long start = out.length();
        write(chats, out, memory, chat -> {
            if (out.length() > start) {
                out.share(COMMA);
            }
            json(chat).write(chat, users, out);
        });
    }

    /** Without separate bytes for each user: a page has hundreds. */
    private static void writeUncached(List<Chat> chats, Pieces out, LongConsumer memory) throws IOException {
        try (JsonGenerator json = JsonObject.generator(out)) {
            write(chats, out, memory, chat -> {
                ChatJson.CHAT.write(json, chat);
                json.flush();
            });
        }
    }

    private static void write(List<Chat> chats, Pieces out, LongConsumer memory, ChatWriter writer) throws IOException {
        long rest = chats.stream().mapToLong(EncodedChats::leastBytes).sum();
        for (Chat chat : chats) {
            memory.accept(out.length() + rest);
            rest -= leastBytes(chat);
            writer.write(chat);
        }
        memory.accept(out.length());
    }

    private interface ChatWriter {
        void write(Chat chat) throws IOException;
    }

    /** No chat with so many members is shorter. */
    static long leastBytes(Chat chat) {
        Message latest = chat.latest();
        return MIN_CHAT_BYTES
                + (long) MIN_USER_BYTES * chat.members().size()
                + (latest == null ? 0 : latest.msgContents().length());
    }

    private EncodedChat json(Chat chat) {
        Encodings cached = cached(chat);
        if (cached != null && cached.json != null) {
            return cached.json;
        }
        EncodedChat json = new EncodedChat(chat);
        cache.put(chat, new Encodings(json, cached == null ? null : cached.gzip));
        return json;
    }

    private EncodedUser cachedUser(User user) {
        return (EncodedUser) cache.get(user, missing -> new EncodedUser(user));
    }

    /** The chat compressed on its own. */
    GzipParts.Part gzip(Chat chat) {
        Encodings cached = cached(chat);
        if (cached != null && cached.gzip != null) {
            return cached.gzip;
        }
        GzipParts.Part gzip = gzipTogether(List.of(chat));
        cache.put(chat, new Encodings(cached == null ? null : cached.json, gzip));
        return gzip;
    }

    /**
     * The chats compressed as one part, with commas between them. Uses cached JSON but doesn't add to it: a client that
     * asks for gzip has no use for it later.
     */
    GzipParts.Part gzipTogether(List<Chat> chats) {
        Pieces text = new Pieces();
        for (Chat chat : chats) {
            if (text.length() > 0) {
                text.share(COMMA);
            }
            Encodings cached = cached(chat);
            EncodedChat json = cached == null || cached.json == null ? new EncodedChat(chat) : cached.json;
            json.write(chat, user -> null, text);
        }
        ByteBuffer whole = ByteBuffer.allocate(Math.toIntExact(text.length()));
        text.peek(whole);
        return GzipParts.Part.of(whole.array());
    }

    private @Nullable Encodings cached(Chat chat) {
        boolean isRecorded = ThreadLocalRandom.current().nextInt(RECORD_ONE_IN) == 0;
        return (Encodings)
                (isRecorded ? cache.getIfPresent(chat) : cache.policy().getIfPresentQuietly(chat));
    }

    /** A chat's entry. When two threads each add one half, one of them may be lost and is encoded again. */
    private static final class Encodings {
        private final @Nullable EncodedChat json;
        private final GzipParts.@Nullable Part gzip;

        Encodings(@Nullable EncodedChat json, GzipParts.@Nullable Part gzip) {
            this.json = json;
            this.gzip = gzip;
        }

        int size() {
            return (json == null ? 0 : json.size()) + (gzip == null ? 0 : gzip.size());
        }
    }
}
