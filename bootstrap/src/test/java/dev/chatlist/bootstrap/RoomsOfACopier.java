package dev.chatlist.bootstrap;

import dev.chatlist.application.RecordChatEvents;
import dev.chatlist.domain.ChatEvent;
import dev.chatlist.domain.ChatEvent.MemberJoined;
import dev.chatlist.domain.ChatEvent.MemberLeft;
import dev.chatlist.domain.ChatEvent.MessageRemoved;
import dev.chatlist.domain.ChatEvent.MessageSaved;
import dev.chatlist.domain.ChatEvent.RoomRemoved;
import dev.chatlist.domain.ChatEvent.RoomSaved;
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
import java.util.stream.IntStream;

/** Rooms that a test may change without changing what other tests see of the demo. */
final class RoomsOfACopier {
    static final UserId COPIER = new UserId("copier");

    private static final long LONG_AGO = 1_600_000_000_000_000_000L;
    private static final int FRIENDS = 8;
    private static final int ROOMS = 24;

    private final Random random;
    private boolean isEmpty = true;
    private int written;

    RoomsOfACopier(Random random) {
        this.random = random;
    }

    /** Records up to ten events; at first, the users and the rooms. */
    void write(RecordChatEvents events) {
        List<ChatEvent> batch = isEmpty ? beginning() : new ArrayList<>();
        isEmpty = false;
        for (int left = random.nextInt(11); left > 0; left--) {
            written++;
            batch.addAll(some());
        }
        events.record(batch.toArray(ChatEvent[]::new));
    }

    private List<ChatEvent> beginning() {
        List<ChatEvent> batch = new ArrayList<>();
        batch.add(new UserSaved(User.named(COPIER, "Copier", LONG_AGO)));
        IntStream.range(0, FRIENDS).forEach(number -> batch.add(new UserSaved(friend(number))));
        for (int number = 0; number < ROOMS; number++) {
            Room room = room(number);
            batch.add(new RoomSaved(room));
            batch.add(new MemberJoined(room.id(), COPIER, LONG_AGO + random.nextInt(FRIENDS)));
            int friends = room.is1v1() ? 1 : random.nextInt(FRIENDS + 1);
            for (int friend = 0; friend < friends; friend++) {
                batch.add(new MemberJoined(room.id(), friend(friend).id(), LONG_AGO + friend));
            }
        }
        return batch;
    }

    private List<ChatEvent> some() {
        Room room = room(random.nextInt(ROOMS));
        User friend = friend(random.nextInt(FRIENDS));
        UserId somebody = random.nextInt(3) == 0 ? COPIER : friend.id();
        // Every other time twice, so that rooms have the same last activity.
        long now = LONG_AGO + FRIENDS + written / 2;
        return switch (random.nextInt(10)) {
            case 0 -> List.of(new MemberLeft(room.id(), somebody));
            case 1, 2 -> List.of(new MemberJoined(room.id(), somebody, now));
            case 3 -> List.of(new RoomRemoved(room.id()), new RoomSaved(room));
            case 4 -> List.of(new MessageRemoved(message(random.nextInt(written))));
            case 5 -> List.of(new UserSaved(User.named(friend.id(), "Friend as of " + written, LONG_AGO)));
            default -> List.of(new MessageSaved(Message.text(message(written), room.id(), somebody, "Hi", now)));
        };
    }

    private static User friend(int number) {
        return User.named(new UserId("friend-of-a-copier-" + number), "Friend " + number, LONG_AGO);
    }

    /** Ids whose order by UTF-16 units is another than that by code points. */
    private static Room room(int number) {
        RoomId id = new RoomId((number % 2 == 0 ? "\uFF21" : "\uD83D\uDE00") + number);
        UserId creator = friend(0).id();
        return number % 6 == 0 ? Room.oneToOne(id, creator, LONG_AGO) : Room.group(id, "", creator, LONG_AGO);
    }

    private static MessageId message(int number) {
        return new MessageId("copied-" + number);
    }
}
