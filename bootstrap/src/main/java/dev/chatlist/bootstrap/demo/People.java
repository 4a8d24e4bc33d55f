package dev.chatlist.bootstrap.demo;

import dev.chatlist.domain.ChatEvent;
import dev.chatlist.domain.ChatEvent.UserSaved;
import dev.chatlist.domain.User;
import dev.chatlist.domain.User.SocialAccount;
import dev.chatlist.domain.UserId;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The people of the world by name. The first mention of a name creates the user. */
final class People {
    private final Draws draws;
    private final long now;
    private final List<ChatEvent> events;
    private final Map<String, UserId> ids = new LinkedHashMap<>();

    /** @param events receives an event for each new user */
    People(Draws draws, long now, List<ChatEvent> events) {
        this.draws = draws;
        this.now = now;
        this.events = events;
    }

    List<String> names() {
        return List.copyOf(ids.keySet());
    }

    UserId named(String name) {
        UserId known = ids.get(name);
        return known != null ? known : create(name, new UserId(draws.hex(12)));
    }

    UserId create(String name, UserId id) {
        ids.put(name, id);
        String handle = draws.handle(name);
        events.add(new UserSaved(new User(
                id,
                name,
                Integer.toBinaryString(64 + draws.below(64)),
                draws.onceIn(5) ? "" : "0x" + draws.hex(20),
                draws.onceIn(4) ? handle + ".eth" : "",
                account(handle),
                account(handle),
                account(handle + "#" + (1000 + draws.below(9000))),
                account(handle),
                account(handle),
                now - draws.between(Duration.ofDays(600), Duration.ofDays(700)))));
        return id;
    }

    private SocialAccount account(String handle) {
        return switch (draws.below(3)) {
            case 0 -> SocialAccount.NONE;
            case 1 -> new SocialAccount(handle, "");
            default -> new SocialAccount(handle, draws.picture());
        };
    }
}
