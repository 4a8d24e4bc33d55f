package dev.chatlist.bootstrap;

import static java.util.Objects.requireNonNull;

import dev.chatlist.domain.ChatEvent;
import dev.chatlist.domain.ChatEvent.MemberJoined;
import dev.chatlist.domain.ChatEvent.MemberLeft;
import dev.chatlist.domain.ChatEvent.MessageRemoved;
import dev.chatlist.domain.ChatEvent.MessageSaved;
import dev.chatlist.domain.ChatEvent.RoomSaved;
import dev.chatlist.domain.ChatEvent.UserRemoved;
import dev.chatlist.domain.ChatEvent.UserSaved;
import dev.chatlist.domain.Message;
import dev.chatlist.domain.Message.OpenseaItem;
import dev.chatlist.domain.MessageId;
import dev.chatlist.domain.Room;
import dev.chatlist.domain.Room.OpenseaCollection;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.User;
import dev.chatlist.domain.User.SocialAccount;
import dev.chatlist.domain.UserId;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The chats of some hundred people who don't exist, for looking at. The rooms that {@link #ADA} sees first are
 * written by hand, in {@code demo/rooms.txt}; the others are drawn from the files beside it, always the same way.
 */
final class DemoWorld {
    /** Who to be: the one whose chats are worth reading. */
    static final UserId ADA = new UserId("ada");

    private static final int DRAWN_PEOPLE = 340;
    private static final int DRAWN_ROOMS = 420;
    private static final int ADA_IS_IN_ONE_OF = 10;
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);
    private static final long DAY = TimeUnit.DAYS.toNanos(1);

    /** How often a drawn remark is a plain one, an answer, opens a thread or is in one; see rooms.txt. */
    private static final List<String> HOW = List.of(":", ":", ":", ":", ":", ">", "*", "~");

    private static final Pattern BLANK_LINES = Pattern.compile("\n\n+");

    /** A remark in rooms.txt: who, how it relates to the others, what. */
    private static final Pattern REMARK = Pattern.compile("(.+?)([:>*~#]) (.+)");

    private final Random random = new Random(1815);
    private final long now;
    private final List<ChatEvent> events = new ArrayList<>();
    private final Map<String, UserId> people = new LinkedHashMap<>();

    /** @param now when the world's latest message was written */
    static List<ChatEvent> events(Instant now) {
        DemoWorld world = new DemoWorld(TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano());
        world.person("Ada");
        world.writtenRooms();
        world.drawnPeople();
        world.drawnRooms();
        world.goodbyes();
        return List.copyOf(world.events);
    }

    private DemoWorld(long now) {
        this.now = now;
    }

    private void writtenRooms() {
        long lastActivity = now;
        for (String block : BLANK_LINES.splitAsStream(text("rooms.txt")).toList()) {
            List<String> lines = block.lines().toList();
            Scene scene = new Scene(lines.get(0), lastActivity);
            lines.stream().skip(1).forEach(scene::read);
            scene.members.add("Ada");
            scene.play();
            lastActivity -= between(2 * MINUTE, 240 * MINUTE);
        }
    }

    private void drawnPeople() {
        List<String> names = text("names.txt").lines().toList();
        for (int i = 0; i < DRAWN_PEOPLE; i++) {
            String name = names.get(i % names.size());
            person(i < names.size() ? name : name + " " + (i / names.size() + 1));
        }
    }

    private void drawnRooms() {
        List<String> headers = text("groups.txt").lines().toList();
        List<String> talk = text("talk.txt").lines().toList();
        List<String> everybody = List.copyOf(people.keySet());
        for (int i = 0; i < DRAWN_ROOMS; i++) {
            boolean oneToOne = random.nextInt(100) < 55;
            Scene scene = new Scene(oneToOne ? "1v1" : oneOf(headers), now - between(4 * DAY, 600 * DAY));
            int size = oneToOne ? 2 : 3 + random.nextInt(i % 20 == 0 ? 120 : 12);
            if (i % ADA_IS_IN_ONE_OF == 0) {
                scene.members.add("Ada");
            }
            while (scene.members.size() < size) {
                scene.members.add(oneOf(everybody));
            }
            List<String> present = List.copyOf(scene.members);
            int remarks = random.nextInt(10) == 0 ? 0 : 1 + random.nextInt(24);
            for (int n = 0; n < remarks; n++) {
                String address = random.nextInt(12) == 0 ? "@" + oneOf(present) + " " : "";
                scene.say(oneOf(present), oneOf(HOW), address + oneOf(talk));
            }
            scene.play();
        }
    }

    /** What a real history has: somebody gone, somebody who left, something taken back. */
    private void goodbyes() {
        events.add(new UserRemoved(person("ანა")));
        events.add(new UserRemoved(person("null")));
        long recently = now - 4 * DAY;
        List<ChatEvent> past = List.copyOf(events);
        for (int i = 0; i < past.size(); i += 101) {
            if (past.get(i) instanceof MessageSaved saved && saved.message().createdAt() < recently) {
                events.add(new MessageRemoved(saved.message().id()));
            } else if (past.get(i) instanceof MemberJoined joined && joined.at() < recently) {
                events.add(new MemberLeft(joined.roomId(), joined.userId()));
            }
        }
    }

    private UserId person(String name) {
        UserId known = people.get(name);
        if (known != null) {
            return known;
        }
        UserId id = people.isEmpty() ? ADA : new UserId(hex(12));
        people.put(name, id);
        String handle = handle(name);
        events.add(new UserSaved(new User(
                id,
                name,
                Integer.toBinaryString(64 + random.nextInt(64)),
                random.nextInt(5) == 0 ? "" : "0x" + hex(20),
                random.nextInt(4) == 0 ? handle + ".eth" : "",
                account("opensea", handle),
                account("twitter", handle),
                account("discord", handle + "#" + (1000 + random.nextInt(9000))),
                account("facebook", handle),
                account("instagram", handle),
                now - between(600 * DAY, 700 * DAY))));
        return id;
    }

    private SocialAccount account(String network, String handle) {
        return switch (random.nextInt(3)) {
            case 0 -> SocialAccount.NONE;
            case 1 -> new SocialAccount(handle, "");
            default -> new SocialAccount(handle, "https://%s.example/avatars/%s.png".formatted(network, hex(4)));
        };
    }

    private String handle(String name) {
        String ascii =
                name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "_").replaceAll("^_|_$", "");
        return ascii.length() < 3 || ascii.length() > 30 ? "user_" + hex(3) : ascii;
    }

    /** One room: who is in it and what they say, then all of it as events that end at a given time. */
    private final class Scene {
        private final RoomId id = new RoomId(hex(12));
        private final String kind;
        private final String name;
        private final String description;
        private final long lastActivity;
        private final Set<String> members = new LinkedHashSet<>();
        private final List<Remark> remarks = new ArrayList<>();
        private String before = "";
        private String thread = "";

        Scene(String header, long lastActivity) {
            String[] parts = header.split(" \\| ?", -1);
            this.kind = parts[0].strip();
            this.name = parts.length > 1 ? parts[1].strip() : "";
            this.description = parts.length > 2 ? parts[2].strip() : "";
            this.lastActivity = lastActivity;
        }

        void read(String line) {
            Matcher remark = REMARK.matcher(line);
            if (line.startsWith("+ ")) {
                members.addAll(List.of(line.substring(2).split(", ")));
            } else if (remark.matches()) {
                members.add(remark.group(1));
                say(remark.group(1), remark.group(2), remark.group(3));
            } else {
                throw new IllegalStateException("rooms.txt: " + line);
            }
        }

        void say(String who, String how, String what) {
            remarks.add(new Remark(who, how, what));
        }

        void play() {
            long[] times = new long[remarks.size()];
            long time = lastActivity;
            for (int i = times.length - 1; i >= 0; i--) {
                times[i] = time;
                time -= between(3 * SECOND, 2 * MINUTE);
            }
            long opened = remarks.isEmpty() ? lastActivity : time - between(MINUTE, DAY);
            open(opened);
            for (int i = 0; i < times.length; i++) {
                post(remarks.get(i), times[i]);
            }
        }

        private void open(long createdAt) {
            List<UserId> ids = members.stream().map(DemoWorld.this::person).toList();
            boolean isOpenseaColl = kind.equals("coll");
            OpenseaCollection collection = isOpenseaColl
                    ? new OpenseaCollection(name, image("cover"), handle(name).replace('_', '-'))
                    : OpenseaCollection.NONE;
            events.add(new RoomSaved(new Room(
                    id, name, description, ids.get(0), kind.equals("1v1"), isOpenseaColl, collection, createdAt)));
            for (int i = 0; i < ids.size(); i++) {
                events.add(new MemberJoined(id, ids.get(i), createdAt + i * SECOND));
            }
        }

        private void post(Remark remark, long at) {
            MessageId messageId = new MessageId(hex(12));
            boolean opensThread = remark.how.equals("*");
            boolean showsItem = remark.how.equals("#");
            String[] item = showsItem ? remark.what.split(" \\| ", 2) : new String[] {"", remark.what};
            events.add(new MessageSaved(new Message(
                    messageId,
                    id,
                    person(remark.who),
                    showsItem ? "opensea_item" : "text",
                    item[1],
                    remark.how.equals("~") ? thread : "",
                    opensThread,
                    remark.how.equals(">") ? before : "",
                    showsItem
                            ? new OpenseaItem("0x" + hex(20), name + " #" + item[0], image(item[0]))
                            : OpenseaItem.NONE,
                    mentioned(remark.what),
                    at)));
            before = messageId.value();
            thread = opensThread ? before : thread;
        }

        private String image(String of) {
            return "https://img.example/%s/%s.png".formatted(handle(name), of);
        }

        private List<UserId> mentioned(String text) {
            return members.stream()
                    .filter(member -> text.contains("@" + member))
                    .map(DemoWorld.this::person)
                    .toList();
        }
    }

    private record Remark(String who, String how, String what) {}

    private long between(long least, long most) {
        return random.nextLong(least, most);
    }

    private <T> T oneOf(List<T> choice) {
        return choice.get(random.nextInt(choice.size()));
    }

    private String hex(int bytes) {
        byte[] drawn = new byte[bytes];
        random.nextBytes(drawn);
        return HexFormat.of().formatHex(drawn);
    }

    /** A file beside this class, without its comments. */
    private static String text(String file) {
        try (InputStream in = requireNonNull(DemoWorld.class.getResourceAsStream("demo/" + file), file)) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return text.replaceAll("(?m)^# .*\n|^#\n", "").strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
