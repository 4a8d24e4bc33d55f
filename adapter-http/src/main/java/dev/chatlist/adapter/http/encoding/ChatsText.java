package dev.chatlist.adapter.http.encoding;

import dev.chatlist.domain.Chat;
import dev.chatlist.domain.Message;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.Stream;

/**
 * The text of an answer as chats and what stands between them. There are one or two lists of chats, and each chat may
 * end with {@code member_count}.
 */
public final class ChatsText {
    private static final int MIN_CHAT_BYTES = 300;
    private static final int MIN_USER_BYTES = 300;
    private static final byte[] COMMA = {','};
    private static final byte[] NOTHING = {};

    private final byte[] start;
    private final byte[] split;
    private final byte[] end;
    private final List<Chat> chats;
    private final int firstListSize;
    private final boolean isCounted;

    /** One list, of chats that end without {@code member_count}. */
    public ChatsText(byte[] start, List<Chat> chats, byte[] end) {
        this(start, chats, NOTHING, List.of(), end, false);
    }

    /**
     * Two lists.
     *
     * @param split what stands between them, also if one of them is empty
     * @param isCounted whether each chat ends with {@code member_count}
     */
    ChatsText(byte[] start, List<Chat> first, byte[] split, List<Chat> second, byte[] end, boolean isCounted) {
        this.start = first.isEmpty() && !second.isEmpty() ? joined(start, split) : start;
        this.split = split;
        this.end = second.isEmpty() ? joined(split, end) : end;
        chats = second.isEmpty()
                ? first
                : Stream.concat(first.stream(), second.stream()).toList();
        firstListSize = first.size();
        this.isCounted = isCounted;
    }

    private static byte[] joined(byte[] one, byte[] other) {
        return ByteBuffer.allocate(one.length + other.length)
                .put(one)
                .put(other)
                .array();
    }

    List<Chat> chats() {
        return chats;
    }

    /** Whether each chat ends with {@code member_count}. */
    boolean isCounted() {
        return isCounted;
    }

    /** No chat with so many members is shorter. */
    static long leastBytes(Chat chat) {
        Message latest = chat.latest();
        return MIN_CHAT_BYTES
                + (long) MIN_USER_BYTES * chat.members().size()
                + (latest == null ? 0 : latest.msgContents().length());
    }

    /** What stands before the chat with this index. */
    byte[] before(int i) {
        if (i == 0) {
            return start;
        }
        return i == firstListSize ? split : COMMA;
    }

    /** What ends the chat with this index, whose closing brace was left out if it has a {@code member_count}. */
    byte[] closing(int i) {
        return isCounted ? ChatJson.count(chats.get(i)) : NOTHING;
    }

    /** What stands after the last chat. */
    byte[] end() {
        return end;
    }
}
