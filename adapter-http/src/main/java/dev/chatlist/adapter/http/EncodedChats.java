package dev.chatlist.adapter.http;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.User;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * What chats look like on the wire. Users and chats never change, and whoever keeps them hands out the same ones again,
 * so their bytes are kept by identity: nothing is compared, nothing gets stale, and what nobody holds any more is
 * forgotten. A user's bytes are kept once for all the chats they are in, a chat's without its users.
 *
 * <p>A page of 20 chats is some 360 pieces, scattered over memory. Finding each in a map would cost more than writing
 * it anew, so a chat knows its users' bytes, and the map is asked for chats alone.
 */
final class EncodedChats {
    /** What an entry takes beside the bytes, about. */
    private static final int ENTRY_BYTES = 200;

    /** What a chat takes more when it is compressed by itself than within its page: names and a code of its own. */
    private static final int BYTES_ALONE = 420;

    /** How much longer a page may be than if it were compressed as a whole, which may be 1.3. */
    private static final double LONGER = 1.29;

    /** Of so many uses the cache is told one: enough to know what to keep, and telling costs more than finding. */
    private static final int COUNTED_IN = 64;

    /** What is kept of users is an {@link EncodedUser}, of chats an {@link EncodedChat}; one bound for both. */
    private final Cache<Object, Encoded> cache;

    private final boolean keepsAny;

    private interface Encoded {
        int size();
    }

    /** @param cacheBytes how much is kept; 0 for nothing */
    EncodedChats(long cacheBytes) {
        keepsAny = cacheBytes > 0;
        cache = Caffeine.newBuilder()
                .weakKeys()
                .maximumWeight(cacheBytes)
                .weigher((Object of, Encoded encoded) -> ENTRY_BYTES + encoded.size())
                .evictionListener((of, encoded, cause) -> forget(encoded))
                .executor(Runnable::run)
                .build();
    }

    /**
     * The chats compressed, with commas to go between the parts. Each is compressed by itself, once; but where that
     * makes the page too long, as many as it takes are compressed together, and each time: the smallest that are
     * neighbours. None if that would be the whole page.
     */
    List<GzipParts.Part> compressed(List<Chat> chats) {
        if (!keepsAny) {
            return List.of();
        }
        List<GzipParts.Part> parts = new ArrayList<>(chats.size());
        long bytes = 0;
        for (Chat chat : chats) {
            GzipParts.Part part = compressed(chat);
            parts.add(part);
            bytes += part.size();
        }
        double whole = bytes - (double) BYTES_ALONE * chats.size();
        int together = 1 + (int) Math.ceil(Math.max(0, bytes - LONGER * whole) / BYTES_ALONE);
        if (together == 1) {
            return parts;
        }
        if (together >= chats.size()) {
            return List.of();
        }
        int first = smallest(parts, together);
        List<GzipParts.Part> run = parts.subList(first, first + together);
        run.clear();
        run.add(compressedTogether(chats.subList(first, first + together)));
        return parts;
    }

    /** Where so many neighbours begin that are the least bytes. */
    private static int smallest(List<GzipParts.Part> parts, int count) {
        int smallest = 0;
        int least = 0;
        int bytes = 0;
        for (int n = 0; n < parts.size(); n++) {
            bytes += parts.get(n).size() - (n < count ? 0 : parts.get(n - count).size());
            if (n < count || bytes < least) {
                least = bytes;
                smallest = Math.max(0, n - count + 1);
            }
        }
        return smallest;
    }

    private GzipParts.Part compressed(Chat chat) {
        EncodedChat kept = kept(chat);
        if (kept != null && kept.compressed != null) {
            return kept.compressed;
        }
        GzipParts.Part compressed = compressedTogether(List.of(chat));
        cache.put(chat, new EncodedChat(kept == null ? null : kept.plain, compressed));
        return compressed;
    }

    /** Of the plain bytes it uses what is kept, and keeps none: who likes compressed pages has no use for them. */
    private GzipParts.Part compressedTogether(List<Chat> chats) {
        ByteArrayOutputStream json = new ByteArrayOutputStream();
        try {
            for (int n = 0; n < chats.size(); n++) {
                if (n > 0) {
                    json.write(',');
                }
                Chat chat = chats.get(n);
                EncodedChat kept = kept(chat);
                PlainChat plain = kept == null || kept.plain == null ? new PlainChat(chat) : kept.plain;
                write(plain, users(chat, plain.users, false), json);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return GzipParts.Part.of(json.toByteArray());
    }

    /** Writes the chats, with commas between them. */
    void write(List<Chat> chats, OutputStream out) throws IOException {
        if (!keepsAny) {
            writeAnew(chats, out);
            return;
        }
        boolean first = true;
        for (Chat chat : chats) {
            if (!first) {
                out.write(',');
            }
            first = false;
            PlainChat plain = plain(chat);
            write(plain, users(chat, plain.users, true), out);
        }
    }

    /** Where nothing is kept, no pieces are made either: a page has hundreds of users. */
    private static void writeAnew(List<Chat> chats, OutputStream out) throws IOException {
        JsonBytes json = new JsonBytes();
        for (Chat chat : chats) {
            ChatJson.CHAT.write(json, chat);
            json.writeTo(out);
            json.clear();
            json.raw(',');
        }
    }

    private static void write(PlainChat plain, byte[][] users, OutputStream out) throws IOException {
        byte[] json = plain.json;
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
        cache.put(chat, new EncodedChat(plain, kept == null ? null : kept.compressed));
        return plain;
    }

    private @Nullable EncodedChat kept(Chat chat) {
        boolean counted = ThreadLocalRandom.current().nextInt(COUNTED_IN) == 0;
        return (EncodedChat)
                (counted ? cache.getIfPresent(chat) : cache.policy().getIfPresentQuietly(chat));
    }

    /**
     * The bytes of the creator, then of the members. All are found before the first is read, so that the processor can
     * fetch them from memory at once and not one after the other.
     */
    private byte[][] users(Chat chat, @Nullable EncodedUser[] kept, boolean keep) {
        byte[][] users = new byte[kept.length][];
        for (int i = 0; i < kept.length; i++) {
            EncodedUser user = kept[i];
            byte[] json = user == null ? null : user.json;
            users[i] = json == null ? find(chat, i, kept, keep) : json;
        }
        return users;
    }

    private byte[] find(Chat chat, int i, @Nullable EncodedUser[] kept, boolean keep) {
        User user = i == 0 ? chat.creator() : chat.members().get(i - 1);
        if (keep) {
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

    /** What is known of a chat. Of two threads that add different things at once, one may undo the other's. */
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
            ChatJson.CHAT_BUT_USERS.write(bytes, chat);
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
