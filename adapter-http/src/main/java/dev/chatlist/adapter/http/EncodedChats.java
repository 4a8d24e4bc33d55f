package dev.chatlist.adapter.http;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.User;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * What chats look like on the wire. Users and chats never change, and whoever keeps them hands out the same ones again,
 * so their bytes are kept by identity: nothing is compared, nothing gets stale, and what nobody holds any more is
 * forgotten. A user's bytes are kept once for all the chats they are in, a chat's without its users.
 *
 * <p>A page of 20 chats is some 280 pieces, scattered over memory. Finding each in a map would cost more than writing
 * it anew, so a chat knows its users' bytes, and the map is asked for chats alone.
 */
final class EncodedChats {
    /** What an entry takes beside the bytes, about. */
    private static final int ENTRY_BYTES = 200;

    /**
     * A chat compressed by itself takes about 420 bytes more than within its page. Where it takes this many or more,
     * that is less than three tenths of what it would take there.
     */
    private static final int LEAST_BYTES = 1900;

    /** Chats of fewer take less than that, so needn't be compressed to know. */
    private static final int LEAST_USERS = 5;

    /** Of so many uses the cache is told one: enough to know what to keep, and telling costs more than finding. */
    private static final int COUNTED_IN = 8;

    /** What is kept of users is an {@link EncodedUser}, of chats an {@link EncodedChat}; one bound for both. */
    private final @Nullable Cache<Object, Encoded> cache;

    private interface Encoded {
        int size();
    }

    /** @param cacheBytes how much is kept; 0 for nothing */
    EncodedChats(long cacheBytes) {
        cache = cacheBytes == 0
                ? null
                : Caffeine.newBuilder()
                        .weakKeys()
                        .maximumWeight(cacheBytes)
                        .weigher((Object of, Encoded encoded) -> ENTRY_BYTES + encoded.size())
                        .evictionListener((of, encoded, cause) -> forget(encoded))
                        .executor(Runnable::run)
                        .build();
    }

    /**
     * The chats, each compressed by itself; none where they had better be compressed together. By itself, a chat takes
     * names and a code of its own: much for a small one, little beside what many members have of their own.
     */
    List<GzipParts.Part> compressed(List<Chat> chats) {
        long users = chats.stream().mapToLong(chat -> 1 + chat.members().size()).sum();
        if (cache == null || users < (long) LEAST_USERS * chats.size()) {
            return List.of();
        }
        List<GzipParts.Part> parts = chats.stream().map(this::compressed).toList();
        long bytes = parts.stream().mapToLong(GzipParts.Part::size).sum();
        return bytes < (long) LEAST_BYTES * parts.size() ? List.of() : parts;
    }

    private GzipParts.Part compressed(Chat chat) {
        EncodedChat kept = kept(chat);
        if (kept != null && kept.compressed != null) {
            return kept.compressed;
        }
        PlainChat plain = kept == null ? null : kept.plain;
        ByteArrayOutputStream json = new ByteArrayOutputStream();
        try {
            write(chat, plain == null ? new PlainChat(chat) : plain, json);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        GzipParts.Part compressed = GzipParts.Part.of(json.toByteArray());
        keep(chat, new EncodedChat(plain, compressed));
        return compressed;
    }

    /** Writes the chats, with commas between them. */
    void write(List<Chat> chats, OutputStream out) throws IOException {
        boolean first = true;
        for (Chat chat : chats) {
            if (!first) {
                out.write(',');
            }
            first = false;
            write(chat, plain(chat), out);
        }
    }

    private void write(Chat chat, PlainChat plain, OutputStream out) throws IOException {
        byte[] json = plain.json;
        byte[][] users = users(chat, plain.users);
        out.write(json, 0, plain.creator);
        // Each user's bytes begin with a comma.
        out.write(users[0], 1, users[0].length - 1);
        out.write(json, plain.creator, plain.members - plain.creator);
        for (int i = 1; i < users.length; i++) {
            int comma = i == 1 ? 1 : 0;
            out.write(users[i], comma, users[i].length - comma);
        }
        out.write(json, plain.members, json.length - plain.members);
    }

    private PlainChat plain(Chat chat) {
        EncodedChat kept = kept(chat);
        if (kept != null && kept.plain != null) {
            return kept.plain;
        }
        PlainChat plain = new PlainChat(chat);
        keep(chat, new EncodedChat(plain, kept == null ? null : kept.compressed));
        return plain;
    }

    private @Nullable EncodedChat kept(Chat chat) {
        if (cache == null) {
            return null;
        }
        boolean counted = ThreadLocalRandom.current().nextInt(COUNTED_IN) == 0;
        return (EncodedChat)
                (counted ? cache.getIfPresent(chat) : cache.policy().getIfPresentQuietly(chat));
    }

    /** Of two threads that keep different things of a chat at once, one may undo the other's: it is made again. */
    private void keep(Chat chat, EncodedChat encoded) {
        if (cache != null) {
            cache.put(chat, encoded);
        }
    }

    /**
     * The bytes of the creator, then of the members. All are found before the first is read, so that the processor can
     * fetch them from memory at once and not one after the other.
     */
    private byte[][] users(Chat chat, @Nullable EncodedUser[] kept) {
        byte[][] users = new byte[kept.length][];
        for (int i = 0; i < kept.length; i++) {
            EncodedUser user = kept[i];
            byte[] json = user == null ? null : user.json;
            users[i] = json == null ? find(chat, i, kept) : json;
        }
        return users;
    }

    private byte[] find(Chat chat, int i, @Nullable EncodedUser[] kept) {
        User user = i == 0 ? chat.creator() : chat.members().get(i - 1);
        if (cache != null) {
            EncodedUser encoded = (EncodedUser) cache.get(user, missing -> new EncodedUser(user));
            byte[] json = encoded.json;
            if (json != null) {
                kept[i] = encoded;
                return json;
            }
        }
        return encode(user);
    }

    private static byte[] encode(User user) {
        JsonBytes json = new JsonBytes().raw(',');
        ChatJson.USER.write(json, user);
        return json.copy();
    }

    private static void forget(@Nullable Encoded encoded) {
        if (encoded instanceof EncodedUser user) {
            user.json = null;
        }
    }

    /** A comma and the user's JSON, for the chats to share as long as the cache has room for it. */
    private static final class EncodedUser implements Encoded {
        volatile byte @Nullable [] json;

        EncodedUser(User user) {
            json = encode(user);
        }

        @Override
        public int size() {
            byte[] current = json;
            return current == null ? 0 : current.length;
        }
    }

    /** What is known of a chat. */
    private static final class EncodedChat implements Encoded {
        final @Nullable PlainChat plain;
        final GzipParts.@Nullable Part compressed;

        EncodedChat(@Nullable PlainChat plain, GzipParts.@Nullable Part compressed) {
            this.plain = plain;
            this.compressed = compressed;
        }

        @Override
        public int size() {
            return (plain == null ? 0 : plain.size()) + (compressed == null ? 0 : compressed.size());
        }
    }

    /** The chat's JSON but for its users, and where those go. */
    private static final class PlainChat {
        final byte[] json;
        final int creator;
        final int members;
        /** The creator, then the members; each is null until it is first asked for. */
        final @Nullable EncodedUser[] users;

        PlainChat(Chat chat) {
            JsonBytes bytes = new JsonBytes();
            ChatJson.CHAT.write(bytes, chat);
            json = bytes.copy();
            creator = bytes.gap(ChatJson.CREATOR);
            members = bytes.gap(ChatJson.MEMBERS);
            users = new EncodedUser[1 + chat.members().size()];
        }

        int size() {
            return 100 + json.length + 4 * users.length;
        }
    }
}
