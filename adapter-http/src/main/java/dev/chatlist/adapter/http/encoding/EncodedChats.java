package dev.chatlist.adapter.http.encoding;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonGenerator;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.chatlist.adapter.http.encoding.EncodedUsers.EncodedUser;
import dev.chatlist.domain.Chat;
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
 * Caches the encoded form of users, heads of chats and chats. They are immutable, and the directory returns the same
 * object for as long as its content is the same, so the keys are compared by identity: an entry can't become stale. An
 * entry goes when its user, head or chat is garbage collected, or when the cache is full. An excerpt has no entry,
 * but its users and its head have.
 */
public final class EncodedChats {
    /** The memory that an entry takes beside the encoded bytes, roughly. */
    private static final int ENTRY_BYTES = 200;

    /** Record one access in 64 with the eviction policy: that is enough to rank entries, and recording costs time. */
    private static final int RECORD_ONE_IN = 64;

    /** An {@link EncodedUser} by user, an {@link EncodedChat} by head, {@link Encodings} by chat. */
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
        if (encoded instanceof EncodedUser user) {
            return user.size();
        }
        return encoded instanceof EncodedChat chat ? chat.size() : ((Encodings) encoded).size();
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
     * Adds the text with the JSON of its chats.
     *
     * @param memory is asked before each chat whether so many bytes may be held, roughly; it throws if not
     */
    public void write(ChatsText text, Pieces out, LongConsumer memory) {
        try {
            if (isEnabled) {
                writeCached(text, out, memory);
            } else {
                writeUncached(text, out, memory);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
    }

    private void writeCached(ChatsText text, Pieces out, LongConsumer memory) throws IOException {
        Function<User, EncodedUser> cachedUser = this::cachedUser;
        write(text, out, memory, (chat, i) -> {
            if (chat.isWhole()) {
                json(chat).write(users(chat).find(chat, cachedUser), text.isCounted(), out);
            } else {
                writeExcerpt(chat, text.isCounted(), out);
            }
            if (text.isCounted()) {
                out.share(text.closing(i));
            }
        });
    }

    private void writeExcerpt(Chat excerpt, boolean isOpen, Pieces out) {
        EncodedChat json = json(excerpt);
        ShownUsers shown = json.shownUsers();
        if (shown == null) {
            json = json.withShownUsers();
            shown = requireNonNull(json.shownUsers());
            cache.put(excerpt.head(), json);
        }
        json.write(shown.find(excerpt, this::cachedUser), isOpen, out);
    }

    /** Without separate bytes for each user: a page has hundreds. */
    private static void writeUncached(ChatsText text, Pieces out, LongConsumer memory) throws IOException {
        JsonObject<Chat> fields = text.isCounted() ? ChatJson.CHAT_WITH_COUNT : ChatJson.CHAT;
        try (JsonGenerator json = JsonObject.generator(out)) {
            json.setRootValueSeparator(null);
            write(text, out, memory, (chat, i) -> {
                fields.write(json, chat);
                json.flush();
            });
        }
    }

    private static void write(ChatsText text, Pieces out, LongConsumer memory, ChatWriter writer) throws IOException {
        List<Chat> chats = text.chats();
        long rest = text.end().length
                + chats.stream().mapToLong(ChatsText::leastBytes).sum();
        out.share(text.before(0));
        for (int i = 0; i < chats.size(); i++) {
            Chat chat = chats.get(i);
            memory.accept(out.length() + rest);
            rest -= ChatsText.leastBytes(chat);
            if (i > 0) {
                out.share(text.before(i));
            }
            writer.write(chat, i);
        }
        out.share(text.end());
        memory.accept(out.length());
    }

    private interface ChatWriter {
        void write(Chat chat, int i) throws IOException;
    }

    private EncodedChat json(Chat chat) {
        EncodedChat cached = (EncodedChat) cached(chat.head());
        if (cached != null) {
            return cached;
        }
        EncodedChat json = new EncodedChat(chat);
        cache.put(chat.head(), json);
        return json;
    }

    private EncodedUsers users(Chat chat) {
        Encodings cached = encodings(chat);
        if (cached.users() != null) {
            return cached.users();
        }
        EncodedUsers users = new EncodedUsers(chat);
        cache.put(chat, cached.withUsers(users));
        return users;
    }

    private EncodedUser cachedUser(User user) {
        EncodedUser cached = (EncodedUser) cached(user);
        return cached == null ? (EncodedUser) cache.get(user, missing -> new EncodedUser(user)) : cached;
    }

    /** The chat compressed on its own, without what {@link ChatsText#closing} adds. */
    GzipParts.Part gzip(ChatsText text, int i) {
        Chat chat = text.chats().get(i);
        Encodings cached = encodings(chat);
        GzipParts.Part made = cached.gzip(text.isCounted());
        if (made != null) {
            return made;
        }
        GzipParts.Part gzip = gzipTogether(text, i, i + 1);
        if (chat.isWhole()) {
            cache.put(chat, cached.withGzip(gzip, text.isCounted()));
        }
        return gzip;
    }

    /**
     * A run of chats compressed as one part, with what is between them, but without what ends the last one. Uses cached
     * JSON, and adds only that of excerpts: a client that asks for gzip has no use for the rest later.
     */
    GzipParts.Part gzipTogether(ChatsText text, int first, int afterLast) {
        Pieces whole = new Pieces();
        for (int i = first; i < afterLast; i++) {
            if (i > first) {
                whole.share(text.closing(i - 1));
                whole.share(text.before(i));
            }
            Chat chat = text.chats().get(i);
            if (!chat.isWhole()) {
                writeExcerpt(chat, text.isCounted(), whole);
                continue;
            }
            EncodedChat cached = (EncodedChat) cached(chat.head());
            EncodedChat json = cached == null ? new EncodedChat(chat) : cached;
            EncodedUsers held = encodings(chat).users();
            EncodedUsers users = held == null ? new EncodedUsers(chat) : held;
            json.write(users.find(chat, user -> null), text.isCounted(), whole);
        }
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(whole.length()));
        whole.peek(bytes);
        return GzipParts.Part.of(bytes.array());
    }

    private Encodings encodings(Chat chat) {
        Encodings cached = (Encodings) cached(chat);
        return cached == null ? Encodings.NONE : cached;
    }

    private @Nullable Object cached(Object key) {
        boolean isRecorded = ThreadLocalRandom.current().nextInt(RECORD_ONE_IN) == 0;
        return isRecorded ? cache.getIfPresent(key) : cache.policy().getIfPresentQuietly(key);
    }
}
