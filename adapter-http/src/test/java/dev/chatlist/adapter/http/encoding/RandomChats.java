package dev.chatlist.adapter.http.encoding;

import dev.chatlist.domain.Chat;
import dev.chatlist.domain.Message;
import dev.chatlist.domain.Message.OpenseaItem;
import dev.chatlist.domain.MessageId;
import dev.chatlist.domain.Room;
import dev.chatlist.domain.Room.OpenseaCollection;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.User;
import dev.chatlist.domain.User.SocialAccount;
import dev.chatlist.domain.UserId;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Random chats from a seed. They share members; their texts are plain or awkward. */
public final class RandomChats {
    /** The characters that JSON, UTF-8 or a browser treats as special, and their neighbours. */
    private static final int[] AWKWARD = {
        1, '\b', '\t', '\n', 0x0b, '\f', '\r', 0x1f, ' ', '!', '"', '#', '/', '[', '\\', ']', 0x7e, 0x7f, 0x80, 0x9f,
        0xe9, 0xff, 0x100, 0x7ff, 0x800, 0x2027, 0x2028, 0x2029, 0xd7ff, 0xe000, 0xfeff, 0xfffd, 0xffff, 0x10000,
        0x1f98d, 0x10ffff
    };

    private final Random random;
    private final boolean awkward;
    private final List<User> users;

    public RandomChats(long seed, boolean awkward) {
        random = new Random(seed);
        this.awkward = awkward;
        users = Stream.generate(this::user).limit(500).toList();
    }

    public List<Chat> chats(int count, int members) {
        return Stream.generate(() -> chat(members)).limit(count).toList();
    }

    private Chat chat(int members) {
        User creator = anyUser();
        RoomId id = new RoomId(hex(12));
        Room room = new Room(
                id,
                text(12),
                text(20),
                creator.id(),
                random.nextBoolean(),
                random.nextBoolean(),
                random.nextBoolean() ? OpenseaCollection.NONE : new OpenseaCollection(text(9), text(9), text(9)),
                time());
        List<User> all = IntStream.range(0, members)
                .mapToObj(i -> i == 0 ? creator : anyUser())
                .toList();
        return new Chat(room, creator, all, random.nextInt(9) == 0 ? null : message(id));
    }

    private Message message(RoomId room) {
        List<UserId> mentioned =
                Stream.generate(() -> anyUser().id()).limit(random.nextInt(3)).toList();
        return new Message(
                new MessageId(hex(12)),
                room,
                anyUser().id(),
                "text",
                text(60),
                text(1),
                random.nextBoolean(),
                text(1),
                new OpenseaItem(text(1), text(1), text(1)),
                mentioned,
                time());
    }

    private User user() {
        return new User(
                new UserId(hex(12)),
                text(9),
                "1111111",
                "0x" + hex(20),
                text(5),
                account(),
                account(),
                account(),
                account(),
                account(),
                time());
    }

    private SocialAccount account() {
        boolean hasAvatar = random.nextInt(3) == 0;
        return new SocialAccount(text(9), hasAvatar ? "https://img.example.com/avatars/" + hex(16) + ".png" : "");
    }

    private User anyUser() {
        return users.get(random.nextInt(users.size()));
    }

    private long time() {
        return random.nextLong() >>> random.nextInt(1, 64);
    }

    private String text(int most) {
        StringBuilder text = new StringBuilder();
        for (int left = random.nextInt(most + 1); left > 0; left--) {
            boolean common = !awkward || random.nextInt(4) > 0;
            text.appendCodePoint(common ? 'a' + random.nextInt(26) : AWKWARD[random.nextInt(AWKWARD.length)]);
        }
        return text.toString();
    }

    private String hex(int bytes) {
        byte[] value = new byte[bytes];
        random.nextBytes(value);
        return HexFormat.of().formatHex(value);
    }
}
