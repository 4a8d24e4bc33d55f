package dev.chatlist.application.sync;

import static java.util.Objects.requireNonNull;

import dev.chatlist.domain.Chat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of a user's list, with what a client needs to bring its own copy up to date: it drops everything if the answer
 * is a reset, then drops what was removed, then saves what moved and what is listed, each in place of what it had.
 *
 * <p>With the last page of a walk or of a delta, the copy is exactly the list as of {@link #state}: the same rooms with
 * the same content. Later it asks for the delta since that state.
 *
 * @param <C> a chat, or what stands for it
 * @param listed the part that was asked for, ordered by last activity descending, then by room id descending. In a walk,
 *     no room comes twice, the order goes on from page to page, and a page shorter than the request's size is the last.
 * @param moved on later pages: the user's other rooms that have changed since the page before, as they are now, in the
 *     same order. At most {@link dev.chatlist.domain.PageRequest#MAX_SIZE}.
 * @param removed rooms that have left the list since the page or the state before. The user may never have seen some.
 *     None of them is in the list now.
 * @param isReset whether the cursor or the state was of no use: made for another user, changed, too old, or of a
 *     database that was set back since. Then {@code listed} is the first page of a new walk.
 * @param next where to go on; null after the last page
 * @param state the moment that this part shows. With a delta that found nothing new, the state that was given.
 * @param count how many rooms the user has
 */
public record Synced<C>(
        List<C> listed,
        List<C> moved,
        List<RemovedRoom> removed,
        boolean isReset,
        @Nullable Cursor next,
        StateToken state,
        long count) {
    /** The most rooms in {@link #removed}. A client that missed more gets a reset. */
    public static final int MAX_REMOVED = 1000;

    public Synced {
        listed = List.copyOf(listed);
        moved = List.copyOf(moved);
        removed = List.copyOf(removed);
        requireNonNull(state, "state");
    }

    /**
     * The same part with the chats of its rooms.
     *
     * @param chats those of {@link #listed}, then those of {@link #moved}
     */
    Synced<Chat> withChats(List<Chat> chats) {
        int split = listed.size();
        return new Synced<>(
                chats.subList(0, split), chats.subList(split, chats.size()), removed, isReset, next, state, count);
    }
}
