package dev.chatlist.bootstrap.demo;

import dev.chatlist.domain.ChatEvent;
import dev.chatlist.domain.ChatEvent.MemberJoined;
import dev.chatlist.domain.ChatEvent.MessageSaved;
import dev.chatlist.domain.ChatEvent.RoomSaved;
import dev.chatlist.domain.Message;
import dev.chatlist.domain.Message.OpenseaItem;
import dev.chatlist.domain.MessageId;
import dev.chatlist.domain.Room;
import dev.chatlist.domain.Room.OpenseaCollection;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.UserId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One room with its members and remarks, collected first and then turned into events. */
final class Scene {
    /** A remark in {@code rooms.txt}: the author, the kind of remark, the text. */
    private static final Pattern REMARK = Pattern.compile("(.+?)([:>*~#]) (.+)");

    private final Draws draws;
    private final People people;
    private final RoomId id;
    private final String kind;
    private final String name;
    private final String description;
    private final Set<String> members = new LinkedHashSet<>();
    private final List<Remark> remarks = new ArrayList<>();
    private String latestId = "";
    private String threadId = "";

    /** @param header as in {@code rooms.txt}: {@code kind | name | description} */
    Scene(String header, Draws draws, People people) {
        String[] parts = header.split(" \\| ?", -1);
        this.draws = draws;
        this.people = people;
        this.id = new RoomId(draws.hex(12));
        this.kind = parts[0].strip();
        this.name = parts.length > 1 ? parts[1].strip() : "";
        this.description = parts.length > 2 ? parts[2].strip() : "";
    }

    /** Adds the silent members or the remark of a line of {@code rooms.txt}. */
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

    void join(String member) {
        members.add(member);
    }

    List<String> members() {
        return List.copyOf(members);
    }

    /** @param sign the kind of remark, as in {@code rooms.txt} */
    void say(String author, String sign, String text) {
        remarks.add(new Remark(author, sign, text));
    }

    /** @param lastActivity the time of the latest message, in nanoseconds since the epoch */
    void play(long lastActivity, List<ChatEvent> events) {
        long[] times = new long[remarks.size()];
        long time = lastActivity;
        for (int i = times.length - 1; i >= 0; i--) {
            times[i] = time;
            time -= draws.between(Duration.ofSeconds(3), Duration.ofMinutes(2));
        }
        boolean silent = remarks.isEmpty();
        open(silent ? lastActivity : time - draws.between(Duration.ofMinutes(1), Duration.ofDays(1)), events);
        for (int i = 0; i < times.length; i++) {
            events.add(new MessageSaved(message(remarks.get(i), times[i])));
        }
    }

    private void open(long createdAt, List<ChatEvent> events) {
        List<UserId> ids = members.stream().map(people::named).toList();
        boolean isOpenseaColl = kind.equals("coll");
        OpenseaCollection collection = isOpenseaColl
                ? new OpenseaCollection(
                        name, draws.picture(), draws.handle(name).replace('_', '-'))
                : OpenseaCollection.NONE;
        events.add(new RoomSaved(
                new Room(id, name, description, ids.get(0), kind.equals("1v1"), isOpenseaColl, collection, createdAt)));
        for (int i = 0; i < ids.size(); i++) {
            events.add(new MemberJoined(
                    id, ids.get(i), createdAt + Duration.ofSeconds(i).toNanos()));
        }
    }

    private Message message(Remark remark, long createdAt) {
        MessageId messageId = new MessageId(draws.hex(12));
        boolean opensThread = remark.sign.equals("*");
        boolean showsItem = remark.sign.equals("#");
        String[] item = showsItem ? remark.text.split(" \\| ", 2) : new String[] {"", remark.text};
        Message message = new Message(
                messageId,
                id,
                people.named(remark.author),
                showsItem ? "opensea_item" : "text",
                item[1],
                remark.sign.equals("~") ? threadId : "",
                opensThread,
                remark.sign.equals(">") ? latestId : "",
                showsItem
                        ? new OpenseaItem("0x" + draws.hex(20), name + " #" + item[0], draws.picture())
                        : OpenseaItem.NONE,
                mentioned(remark.text),
                createdAt);
        latestId = messageId.value();
        threadId = opensThread ? latestId : threadId;
        return message;
    }

    private List<UserId> mentioned(String text) {
        return members.stream()
                .filter(member -> text.contains("@" + member))
                .map(people::named)
                .toList();
    }

    private record Remark(String author, String sign, String text) {}
}
