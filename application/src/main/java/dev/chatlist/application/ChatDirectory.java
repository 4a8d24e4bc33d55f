package dev.chatlist.application;

import dev.chatlist.domain.Chat;
import dev.chatlist.domain.PageRequest;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.UserId;
import java.util.List;

/**
 * Output port, the reading side. Two steps, because the first is cheap and the second repeats: which rooms are on
 * the page, each at which version; then those chats.
 *
 * <p>Every method sees what was committed before it was called. Each throws {@link StorageUnavailableException} when
 * storage can't answer, and nothing else; an outage is never an empty list. Implementations are safe for use by many
 * threads.
 */
public interface ChatDirectory {
    /**
     * The rooms that the user is a member of, by last activity descending, then room id descending (by code point):
     * those of the page, each at its version of that moment. Last activity is the latest message's time, or the
     * room's own where it has none.
     *
     * @return empty past the last page, and for a user without rooms or unknown
     */
    List<RoomVersion> page(UserId member, PageRequest request);

    /**
     * Those rooms' chats, in the order asked, each exactly as it is at that version, be it of this call or of one
     * before. A room that is gone or has moved on to another version is left out, unless what it was is still known:
     * whoever misses one asks for the page again. Who is a member is not checked here; {@link #page} did.
     */
    List<Chat> chats(List<RoomVersion> rooms);

    /**
     * All rooms that the user is a member of, in order of id (by code point).
     *
     * @return empty for a user without rooms or unknown
     */
    List<RoomId> roomIds(UserId member);
}
