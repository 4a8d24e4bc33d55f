package dev.chatlist.adapter.http;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.User;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What chats look like on the wire. Users and chats never change, and whoever keeps them hands out the same ones again,
 * so their bytes are kept by identity: nothing is compared, nothing gets stale, and what nobody holds any more is
 * forgotten. A user is kept once for all the chats they are in; a chat is kept without its users.
 */
final class EncodedChats {
    /** What an entry takes beside the bytes, about. */
    private static final int ENTRY_BYTES = 160;

    private final @Nullable Cache<Object, Encoded> cache;

    /** The JSON of a user, or of a chat with gaps for creator and members. */
    private static final class Encoded {
        final byte[] json;
        final int creator;
        final int members;

        Encoded(byte[] json, int creator, int members) {
            this.json = json;
            this.creator = creator;
            this.members = members;
        }
    }

    /** @param cacheBytes how much is kept; 0 for nothing */
    EncodedChats(long cacheBytes) {
        cache = cacheBytes == 0
                ? null
                : Caffeine.newBuilder()
                        .weakKeys()
                        .maximumWeight(cacheBytes)
                        .weigher((Object key, Encoded encoded) -> ENTRY_BYTES + encoded.json.length)
                        .executor(Runnable::run)
                        .build();
    }

    /** Writes the chats, with commas between them. */
    void write(List<Chat> chats, OutputStream out) throws IOException {
        JsonBytes scratch = new JsonBytes();
        boolean first = true;
        for (Chat chat : chats) {
            if (!first) {
                out.write(',');
            }
            first = false;
            write(chat, scratch, out);
        }
    }

    private void write(Chat chat, JsonBytes scratch, OutputStream out) throws IOException {
        Encoded encoded = encoded(chat, scratch);
        byte[] json = encoded.json;
        out.write(json, 0, encoded.creator);
        write(chat.creator(), scratch, out);
        out.write(json, encoded.creator, encoded.members - encoded.creator);
        boolean first = true;
        for (User member : chat.members()) {
            if (!first) {
                out.write(',');
            }
            first = false;
            write(member, scratch, out);
        }
        out.write(json, encoded.members, json.length - encoded.members);
    }

    private Encoded encoded(Chat chat, JsonBytes scratch) {
        Encoded kept = cache == null ? null : cache.getIfPresent(chat);
        if (kept != null) {
            return kept;
        }
        scratch.clear();
        ChatJson.CHAT.write(scratch, chat);
        Encoded encoded = new Encoded(scratch.copy(), scratch.gap(ChatJson.CREATOR), scratch.gap(ChatJson.MEMBERS));
        if (cache != null) {
            cache.put(chat, encoded);
        }
        return encoded;
    }

    private void write(User user, JsonBytes scratch, OutputStream out) throws IOException {
        Encoded kept = cache == null ? null : cache.getIfPresent(user);
        if (kept == null) {
            scratch.clear();
            ChatJson.USER.write(scratch, user);
            if (cache == null) {
                scratch.writeTo(out);
                return;
            }
            kept = new Encoded(scratch.copy(), 0, 0);
            cache.put(user, kept);
        }
        out.write(kept.json);
    }
}
