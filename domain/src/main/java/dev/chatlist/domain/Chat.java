package dev.chatlist.domain;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One entry of a chat list: a room with its members and its latest message. A user who was removed is shown
 * {@linkplain User#removed blank}.
 *
 * @param members all members, or in an {@linkplain #excerpt excerpt} some of them; ordered by the time of joining, then
 *     by id
 */
public record Chat(ChatHead head, List<User> members) {

    /** @throws IllegalArgumentException if there are more members than the head counts */
    public Chat {
        members = Members.copyOf(members);
        if (members.size() > head.memberCount()) {
            throw new IllegalArgumentException("members must be %s at most, which is member_count, not %s"
                    .formatted(head.memberCount(), members.size()));
        }
    }

    /**
     * A chat with all of its members.
     *
     * @throws IllegalArgumentException if the creator or the latest message is not the room's
     */
    public Chat(Room room, User creator, List<User> members, @Nullable Message latest) {
        this(new ChatHead(room, creator, members.size(), latest), members);
    }

    /** Whether it has all members of the room. */
    public boolean isWhole() {
        return members.size() == head.memberCount();
    }

    public Room room() {
        return head.room();
    }

    /** The user who created the room, a member or not. */
    public User creator() {
        return head.creator();
    }

    /** The greatest message by {@link Message#BY_TIME}; null in a room without messages. */
    public @Nullable Message latest() {
        return head.latest();
    }

    /**
     * The time that orders chat lists, in nanoseconds since the epoch: the latest message's, or the room's if it has no
     * message.
     */
    public long lastActivity() {
        Message latest = latest();
        return latest == null ? room().createdAt() : latest.createdAt();
    }

    /**
     * The same chat with some of its members: the viewer, the author of the latest message, and the first others until
     * there are as many as the limit says. A viewer or author who is no member isn't shown. The order stays.
     */
    public Chat excerpt(UserId viewer, MembersLimit limit) {
        if (members.size() <= limit.max()) {
            return this;
        }
        int viewerAt = indexOf(viewer);
        Message latest = latest();
        int authorAt = latest == null ? -1 : indexOf(latest.fromUid());
        int always = (viewerAt < 0 ? 0 : 1) + (authorAt < 0 || authorAt == viewerAt ? 0 : 1);
        int others = Math.max(0, limit.max() - always);
        int size = always + others;
        List<User> shown = new ArrayList<>(size);
        for (int n = 0; shown.size() < size; n++) {
            if (n == viewerAt || n == authorAt) {
                shown.add(members.get(n));
            } else if (others > 0) {
                shown.add(members.get(n));
                others--;
            }
        }
        return new Chat(head, shown);
    }

    /** The member with this id; null if none of those shown has it. */
    public @Nullable User member(UserId id) {
        int at = indexOf(id);
        return at < 0 ? null : members.get(at);
    }

    private int indexOf(UserId member) {
        return Members.copyOf(members).find(member);
    }
}
