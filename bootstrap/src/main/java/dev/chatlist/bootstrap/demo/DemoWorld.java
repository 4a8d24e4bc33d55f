package dev.chatlist.bootstrap.demo;

import static java.util.Objects.requireNonNull;

import dev.chatlist.domain.ChatEvent;
import dev.chatlist.domain.ChatEvent.MemberJoined;
import dev.chatlist.domain.ChatEvent.MemberLeft;
import dev.chatlist.domain.ChatEvent.MessageRemoved;
import dev.chatlist.domain.ChatEvent.MessageSaved;
import dev.chatlist.domain.ChatEvent.UserRemoved;
import dev.chatlist.domain.UserId;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * A few hundred invented people and their chats. The rooms at the top of {@link #ADA}'s list are written by hand, in
 * {@code rooms.txt}. All other rooms are drawn from the files beside it.
 */
public final class DemoWorld {
    /** The user whose chats are worth reading. */
    public static final UserId ADA = new UserId("ada");

    private static final int DRAWN_PEOPLE = 340;
    private static final int DRAWN_ROOMS = 420;
    private static final int ROOMS_PER_ROOM_OF_ADA = 10;

    /** The signs of drawn remarks, each as often as it occurs: plain, reply, opens a thread, in a thread. */
    private static final List<String> SIGNS = List.of(":", ":", ":", ":", ":", ">", "*", "~");

    private static final Pattern BLANK_LINES = Pattern.compile("\n\n+");

    private final Draws draws = new Draws();
    private final List<ChatEvent> events = new ArrayList<>();
    private final long now;
    private final People people;

    /**
     * Returns the whole world, in an order in which it can be recorded.
     *
     * @param now the time of the latest message
     */
    public static List<ChatEvent> events(Instant now) {
        DemoWorld world = new DemoWorld(TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano());
        world.people.create("Ada", ADA);
        world.writtenRooms();
        world.drawnPeople();
        world.drawnRooms();
        world.removals();
        return List.copyOf(world.events);
    }

    private DemoWorld(long now) {
        this.now = now;
        this.people = new People(draws, now, events);
    }

    private void writtenRooms() {
        long lastActivity = now;
        for (String block : BLANK_LINES.splitAsStream(text("rooms.txt")).toList()) {
            List<String> lines = block.lines().toList();
            Scene scene = new Scene(lines.get(0), draws, people);
            lines.stream().skip(1).forEach(scene::read);
            scene.join("Ada");
            scene.play(lastActivity, events);
            lastActivity -= draws.between(Duration.ofMinutes(2), Duration.ofMinutes(240));
        }
    }

    private void drawnPeople() {
        List<String> names = text("names.txt").lines().toList();
        for (int i = 0; i < DRAWN_PEOPLE; i++) {
            String name = names.get(i % names.size());
            people.named(i < names.size() ? name : name + " " + (i / names.size() + 1));
        }
    }

    private void drawnRooms() {
        List<String> headers = text("groups.txt").lines().toList();
        List<String> talk = text("talk.txt").lines().toList();
        List<String> everybody = people.names();
        for (int i = 0; i < DRAWN_ROOMS; i++) {
            boolean oneToOne = draws.below(100) < 55;
            String header = oneToOne ? "1v1" : draws.oneOf(headers);
            long lastActivity = now - draws.between(Duration.ofDays(4), Duration.ofDays(600));
            Scene scene = new Scene(header, draws, people);
            int size = oneToOne ? 2 : 3 + draws.below(i % 20 == 0 ? 120 : 12);
            if (i % ROOMS_PER_ROOM_OF_ADA == 0) {
                scene.join("Ada");
            }
            while (scene.members().size() < size) {
                scene.join(draws.oneOf(everybody));
            }
            List<String> members = scene.members();
            int remarks = draws.onceIn(10) ? 0 : 1 + draws.below(24);
            for (int n = 0; n < remarks; n++) {
                String mention = draws.onceIn(12) ? "@" + draws.oneOf(members) + " " : "";
                scene.say(draws.oneOf(members), draws.oneOf(SIGNS), mention + draws.oneOf(talk));
            }
            scene.play(lastActivity, events);
        }
    }

    /** Removes users, messages and members, as in a real history. */
    private void removals() {
        events.add(new UserRemoved(people.named("ანა")));
        events.add(new UserRemoved(people.named("null")));
        long recently = now - Duration.ofDays(4).toNanos();
        List<ChatEvent> past = List.copyOf(events);
        for (int i = 0; i < past.size(); i += 101) {
            if (past.get(i) instanceof MessageSaved saved && saved.message().createdAt() < recently) {
                events.add(new MessageRemoved(saved.message().id()));
            } else if (past.get(i) instanceof MemberJoined joined && joined.at() < recently) {
                events.add(new MemberLeft(joined.roomId(), joined.userId()));
            }
        }
    }

    /** Returns a resource of this package without its comments. */
    private static String text(String file) {
        try (InputStream in = requireNonNull(DemoWorld.class.getResourceAsStream(file), file)) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return text.replaceAll("(?m)^# .*\n|^#\n", "").strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
