package dev.chatlist.adapter.http.request;

import static java.util.Objects.requireNonNull;

import dev.chatlist.application.sync.SyncRequest;
import dev.chatlist.domain.MembersLimit;
import dev.chatlist.domain.PageRequest;
import org.jspecify.annotations.Nullable;

/** The body of {@code POST /my_chats}. */
public sealed interface ChatsRequest {
    /** {@code page} and {@code size} alone. Its answer has nothing but chats. */
    record Plain(PageRequest page) implements ChatsRequest {
        public Plain {
            requireNonNull(page, "page");
        }
    }

    /**
     * Any other. Its answer has what a client needs to go on from there.
     *
     * @param limit null for whole chats
     */
    record Sync(SyncRequest request, @Nullable MembersLimit limit) implements ChatsRequest {
        /** @throws IllegalArgumentException for a page by number without a limit, which is {@link Plain} */
        public Sync {
            requireNonNull(request, "request");
            if (request instanceof SyncRequest.Numbered && limit == null) {
                throw new IllegalArgumentException("a page by number must have a members_limit, or be plain");
            }
        }
    }
}
