package dev.chatlist.adapter.http.encoding;

import dev.chatlist.domain.Chat;
import org.jspecify.annotations.Nullable;

/**
 * The JSON of a chat without its users, with gaps that are filled with theirs. All chats with the same head share it,
 * whichever members they show.
 */
final class EncodedChat {
    private static final int OBJECT_BYTES = 50;

    private final byte[] json;
    private final int creatorGap;
    private final int membersGap;
    private final @Nullable ShownUsers shownUsers;

    EncodedChat(Chat chat) {
        this(ChatJson.CHAT_WITHOUT_USERS.bytes(chat), null);
    }

    private EncodedChat(byte[] json, @Nullable ShownUsers shownUsers) {
        this.json = json;
        this.shownUsers = shownUsers;
        int first = 0;
        while (json[first] != JsonObject.GAP) {
            first++;
        }
        int last = json.length - 1;
        while (json[last] != JsonObject.GAP) {
            last--;
        }
        creatorGap = first;
        membersGap = last;
    }

    /** The same for a chat that is shown in excerpts. */
    EncodedChat withShownUsers() {
        return new EncodedChat(json, new ShownUsers());
    }

    /** Null in a chat that has been shown with all members only. */
    @Nullable
    ShownUsers shownUsers() {
        return shownUsers;
    }

    /**
     * Writes the chat with its users.
     *
     * @param users the JSON of the creator, then of the members, each after a comma
     * @param isOpen whether the closing brace is left out, because more fields follow
     */
    void write(byte[][] users, boolean isOpen, Pieces out) {
        out.share(json, 0, creatorGap);
        shareAfterComma(users[0], out);
        out.share(json, creatorGap + 1, membersGap);
        for (int i = 1; i < users.length; i++) {
            if (i == 1) {
                shareAfterComma(users[i], out);
            } else {
                out.share(users[i]);
            }
        }
        out.share(json, membersGap + 1, isOpen ? json.length - 1 : json.length);
    }

    private static void shareAfterComma(byte[] user, Pieces out) {
        out.share(user, 1, user.length);
    }

    /** About how much memory it takes. */
    int size() {
        return OBJECT_BYTES + json.length + (shownUsers == null ? 0 : ShownUsers.BYTES);
    }
}
