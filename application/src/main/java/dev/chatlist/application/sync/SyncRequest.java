package dev.chatlist.application.sync;

import static java.util.Objects.requireNonNull;

import dev.chatlist.domain.PageRequest;

/** Which part of a user's list to read, in one of three ways. */
public sealed interface SyncRequest {
    /** How many chats to read at most, 1 to {@value PageRequest#MAX_SIZE}. */
    int size();

    /** The page with a number, as it is now. */
    record Numbered(PageRequest page) implements SyncRequest {
        public Numbered {
            requireNonNull(page, "page");
        }

        @Override
        public int size() {
            return page.size();
        }
    }

    /**
     * The next page of a walk through the whole list, or through a delta that didn't fit on one page. Over all pages,
     * every room comes exactly once, while others write.
     */
    record Walk(Cursor cursor, int size) implements SyncRequest {
        public Walk {
            requireNonNull(cursor, "cursor");
            PageRequest.requireSize(size);
        }
    }

    /** What has changed since a state. */
    record Delta(StateToken since, int size) implements SyncRequest {
        public Delta {
            requireNonNull(since, "since");
            PageRequest.requireSize(size);
        }
    }
}
