package dev.chatlist.bootstrap.events;

import dev.chatlist.domain.ChatEvent;
import dev.chatlist.domain.ChatEvent.MemberJoined;
import dev.chatlist.domain.ChatEvent.MessageSaved;
import dev.chatlist.domain.ChatEvent.RoomSaved;
import dev.chatlist.domain.ChatEvent.UserSaved;
import java.util.Optional;

/** Finds times in another unit than nanoseconds: they would sort a chat to the year 1970. */
public final class EventTimes {
    /** In nanoseconds, a time in 1973. The present is below it in every other unit. */
    private static final long LEAST = 100_000_000_000_000_000L;

    private static final long LEAST_MICROSECONDS = LEAST / 1_000;
    private static final long LEAST_MILLISECONDS = LEAST_MICROSECONDS / 1_000;

    private EventTimes() {}

    /** What is suspicious about the event's time, if anything. 0 isn't: it stands for an unknown time. */
    public static Optional<String> suspicion(ChatEvent event) {
        if (event instanceof UserSaved saved) {
            return suspicion("created_at", saved.user().createdAt());
        }
        if (event instanceof RoomSaved saved) {
            return suspicion("created_at", saved.room().createdAt());
        }
        if (event instanceof MessageSaved saved) {
            return suspicion("created_at", saved.message().createdAt());
        }
        return event instanceof MemberJoined joined ? suspicion("at", joined.at()) : Optional.empty();
    }

    private static Optional<String> suspicion(String field, long time) {
        return time == 0 || time >= LEAST
                ? Optional.empty()
                : Optional.of("%s is %s, which looks like %s; times are nanoseconds since the epoch"
                        .formatted(field, time, unit(time)));
    }

    private static String unit(long time) {
        if (time >= LEAST_MICROSECONDS) {
            return "microseconds";
        }
        return time >= LEAST_MILLISECONDS ? "milliseconds" : "seconds";
    }
}
