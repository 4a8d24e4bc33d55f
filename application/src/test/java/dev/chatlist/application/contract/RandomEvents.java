package dev.chatlist.application.contract;

import dev.chatlist.domain.ChatEvent;
import dev.chatlist.domain.ChatEvent.MemberJoined;
import dev.chatlist.domain.ChatEvent.MemberLeft;
import dev.chatlist.domain.ChatEvent.MessageRemoved;
import dev.chatlist.domain.ChatEvent.MessageSaved;
import dev.chatlist.domain.ChatEvent.RoomRemoved;
import dev.chatlist.domain.ChatEvent.RoomSaved;
import dev.chatlist.domain.ChatEvent.UserRemoved;
import dev.chatlist.domain.ChatEvent.UserSaved;
import dev.chatlist.domain.Message;
import dev.chatlist.domain.MessageId;
import dev.chatlist.domain.Room;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.User;
import dev.chatlist.domain.UserId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Random events with many collisions: few ids, few instants, and many removals. The same seed gives the same events.
 * No event refers to an unknown user or room.
 */
public final class RandomEvents {
    private static final int USERS = 9;
    private static final int ROOMS = 12;
    private static final int MESSAGES = 60;
    private static final int INSTANTS = 25;
    private static final String[] ALPHABETS = {"a", "Z", "é", "\uFFFD", "\uD83D\uDE00", "語", "ש"};

    private final Random random;
    private final SortedSet<UserId> knownUsers = new TreeSet<>();
    private final SortedSet<RoomId> knownRooms = new TreeSet<>();

    public RandomEvents(long seed) {
        random = new Random(seed);
    }

    /** All users that events can refer to. */
    public static List<UserId> users() {
        return IntStream.range(0, USERS).mapToObj(RandomEvents::userId).toList();
    }

    public List<ChatEvent> next(int events) {
        List<ChatEvent> next = new ArrayList<>();
        while (next.size() < events) {
            next.add(next());
        }
        return next;
    }

    private ChatEvent next() {
        int dice = random.nextInt(100);
        if (knownUsers.isEmpty() || dice < 8) {
            UserId id = userId(random.nextInt(USERS));
            knownUsers.add(id);
            return new UserSaved(User.named(id, "nick " + random.nextInt(3), instant()));
        }
        if (knownRooms.isEmpty() || dice < 16) {
            RoomId id = roomId(random.nextInt(ROOMS));
            knownRooms.add(id);
            return new RoomSaved(Room.group(id, "room " + random.nextInt(3), any(knownUsers), instant()));
        }
        if (dice < 36) {
            return new MemberJoined(any(knownRooms), any(knownUsers), instant());
        }
        if (dice < 72) {
            return new MessageSaved(Message.text(messageId(), any(knownRooms), anyUser(), "hi " + dice, instant()));
        }
        if (dice < 82) {
            return new MemberLeft(roomId(random.nextInt(ROOMS)), anyUser());
        }
        if (dice < 95) {
            return new MessageRemoved(messageId());
        }
        if (dice < 97) {
            return new UserRemoved(anyUser());
        }
        RoomId id = roomId(random.nextInt(ROOMS));
        knownRooms.remove(id);
        return new RoomRemoved(id);
    }

    private <I> I any(SortedSet<I> ids) {
        return List.copyOf(ids).get(random.nextInt(ids.size()));
    }

    private UserId anyUser() {
        return userId(random.nextInt(USERS));
    }

    private long instant() {
        return random.nextInt(INSTANTS);
    }

    private MessageId messageId() {
        int n = random.nextInt(MESSAGES);
        return new MessageId(ALPHABETS[n % ALPHABETS.length] + n);
    }

    private static UserId userId(int n) {
        return new UserId(ALPHABETS[n % ALPHABETS.length] + n);
    }

    private static RoomId roomId(int n) {
        return new RoomId(ALPHABETS[n % ALPHABETS.length] + n);
    }
}
