package dev.chatlist.application.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import dev.chatlist.application.RoomVersion;
import dev.chatlist.application.contract.InMemoryChatStore.Place;
import dev.chatlist.application.sync.Cursor;
import dev.chatlist.application.sync.StateToken;
import dev.chatlist.application.sync.SyncRequest;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.UserId;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The states and cursors of {@link InMemoryChatStore}: numbers of recordings, with a checksum that only it can make. */
final class InMemoryTokens {
    private static final String SEPARATOR = ":";

    private final String secret = UUID.randomUUID().toString();

    /**
     * Where a walk goes on. It lists the rooms that changed after {@code base}, none of them changed after
     * {@code begun}, and all of them behind {@code after}.
     *
     * @param base the recording whose changes are known: 0 for a walk through everything
     * @param begun the last recording that the first page saw
     * @param seen the last recording that the client has seen
     * @param after the last listed place; null before the first page
     */
    record WalkPosition(
            long base, long begun, long seen, @Nullable Place after) {
        static WalkPosition begin(long now) {
            return new WalkPosition(0, now, now, null);
        }

        boolean isAhead(Place place) {
            long version = place.room().version();
            return version > base && version <= begun && (after == null || Place.ORDER.compare(place, after) > 0);
        }

        WalkPosition goOn(long now, Place last) {
            return new WalkPosition(base, begun, now, last);
        }
    }

    StateToken state(UserId user, long number) {
        return new StateToken(seal(user, "state" + SEPARATOR + number));
    }

    Cursor cursor(UserId user, WalkPosition position) {
        Place after = requireNonNull(position.after);
        return new Cursor(seal(
                user,
                String.join(
                        SEPARATOR,
                        "cursor",
                        Long.toString(position.base),
                        Long.toString(position.begun),
                        Long.toString(position.seen),
                        Long.toString(after.lastActivity()),
                        after.room().roomId().value())));
    }

    /** Null if the token isn't one that this made for the user. */
    @Nullable
    WalkPosition position(UserId user, SyncRequest request, long now) {
        if (request instanceof SyncRequest.Delta delta) {
            String[] parts = unseal(user, delta.since().value(), "state", 2);
            return parts == null ? null : new WalkPosition(number(parts[1]), now, number(parts[1]), null);
        }
        Cursor cursor = ((SyncRequest.Walk) request).cursor();
        if (cursor.equals(Cursor.BEGIN)) {
            return WalkPosition.begin(now);
        }
        String[] parts = unseal(user, cursor.value(), "cursor", 6);
        return parts == null
                ? null
                : new WalkPosition(
                        number(parts[1]),
                        number(parts[2]),
                        number(parts[3]),
                        new Place(number(parts[4]), new RoomVersion(new RoomId(parts[5]), 0)));
    }

    private static long number(String text) {
        return Long.parseLong(text);
    }

    private String seal(UserId user, String text) {
        return checksum(user, text) + SEPARATOR + text;
    }

    private String @Nullable [] unseal(UserId user, String token, String kind, int parts) {
        int end = token.indexOf(SEPARATOR);
        String text = token.substring(end + 1);
        boolean isGenuine = end >= 0 && token.substring(0, end).equals(checksum(user, text));
        return isGenuine && text.startsWith(kind + SEPARATOR) ? text.split(SEPARATOR, parts) : null;
    }

    private String checksum(UserId user, String text) {
        return UUID.nameUUIDFromBytes((secret + user + SEPARATOR + text).getBytes(UTF_8))
                .toString();
    }
}
