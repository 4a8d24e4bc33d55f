package dev.chatlist.bootstrap.demo;

import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatlist.application.ChatEventService;
import dev.chatlist.application.ChatListService;
import dev.chatlist.application.contract.InMemoryChatStore;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.ChatEvent;
import dev.chatlist.domain.ChatEvent.MessageSaved;
import dev.chatlist.domain.ChatEvent.UserSaved;
import dev.chatlist.domain.Message;
import dev.chatlist.domain.Message.OpenseaItem;
import dev.chatlist.domain.PageRequest;
import dev.chatlist.domain.User;
import java.lang.Character.UnicodeScript;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DemoWorldTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678Z");
    private static final List<ChatEvent> EVENTS = DemoWorld.events(NOW);
    private static final InMemoryChatStore STORE = new InMemoryChatStore();
    private static List<Chat> chats = List.of();

    @BeforeAll
    static void listAdasChats() {
        new ChatEventService(STORE).record(EVENTS);
        chats = new ChatListService(STORE).listMyChats(DemoWorld.ADA, new PageRequest(1, 1000));
    }

    @Test
    void theWorldIsTheSameInEveryRun() {
        assertEquals(EVENTS, DemoWorld.events(NOW));
    }

    @Test
    void theWorldHasHundredsOfPeopleAndRooms() {
        assertTrue(count(UserSaved.class) >= 300, "people");
        assertTrue(count(ChatEvent.RoomSaved.class) >= 400, "rooms");
        assertTrue(count(MessageSaved.class) >= 3000, "messages");
        assertTrue(chats.size() > 60, "pages");
    }

    @Test
    void theFirstChatsAreWrittenByHandAndJustHappened() {
        Chat first = chats.get(0);
        assertTrue(first.room().is1v1());
        assertEquals(NOW.toEpochMilli(), first.lastActivity() / 1_000_000);
        assertEquals(
                List.of("Mum", "Ada"),
                first.members().stream().map(User::nickName).toList());
        assertTrue(chats.stream().limit(5).allMatch(chat -> chat.members().size() <= 6));
    }

    @Test
    void everyKindOfRoomOccurs() {
        assertAda(chat -> chat.room().is1v1());
        assertAda(chat -> !chat.room().is1v1() && !chat.room().isOpenseaColl());
        assertAda(chat -> chat.room().isOpenseaColl()
                && !chat.room().openseaColl().name().isEmpty()
                && !chat.room().openseaColl().cover().isEmpty()
                && !chat.room().openseaColl().slug().isEmpty());
        assertAda(chat -> !chat.room().is1v1() && chat.room().name().isEmpty());
        assertAda(chat -> chat.latest() == null);
        assertAda(chat -> chat.room().name().length() > 100);
        assertAda(chat -> chat.members().size() > 100);
        assertAda(chat -> chat.members().stream().anyMatch(member -> member.createdAt() == 0));
    }

    @Test
    void everyKindOfMessageOccurs() {
        assertMessage(message -> message.isThread());
        assertMessage(message -> !message.belongToThreadId().isEmpty());
        assertMessage(message -> !message.replyToMsgId().isEmpty());
        assertMessage(message -> !message.atUserIds().isEmpty());
        assertMessage(message -> !message.openseaItem().equals(OpenseaItem.NONE));
    }

    @Test
    void somePeopleHaveAvatarsAndSomeDoNot() {
        assertUser(user -> !user.twitter().avatar().isEmpty());
        assertUser(user -> !user.opensea().avatar().isEmpty());
        assertUser(user -> !user.discord().avatar().isEmpty());
        assertUser(user -> (user.twitter().avatar()
                        + user.opensea().avatar()
                        + user.discord().avatar())
                .isEmpty());
        assertUser(user -> user.nickName().length() > 100);
    }

    @Test
    void everyScriptOccurs() {
        Set<UnicodeScript> found = EnumSet.noneOf(UnicodeScript.class);
        texts().codePoints().mapToObj(UnicodeScript::of).forEach(found::add);
        Set<UnicodeScript> wanted = EnumSet.of(
                UnicodeScript.ARABIC,
                UnicodeScript.ARMENIAN,
                UnicodeScript.BENGALI,
                UnicodeScript.CHEROKEE,
                UnicodeScript.CYRILLIC,
                UnicodeScript.DEVANAGARI,
                UnicodeScript.ETHIOPIC,
                UnicodeScript.GEORGIAN,
                UnicodeScript.GREEK,
                UnicodeScript.HAN,
                UnicodeScript.HANGUL,
                UnicodeScript.HEBREW,
                UnicodeScript.HIRAGANA,
                UnicodeScript.KATAKANA,
                UnicodeScript.KHMER,
                UnicodeScript.LAO,
                UnicodeScript.LATIN,
                UnicodeScript.MYANMAR,
                UnicodeScript.TAMIL,
                UnicodeScript.THAI,
                UnicodeScript.TIBETAN,
                UnicodeScript.TIFINAGH);
        wanted.removeAll(found);
        assertEquals(Set.of(), wanted);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "👨‍👩‍👧‍👦",
                "👩🏽‍🚀",
                "🏳️‍🌈",
                "🏴󠁧󠁢󠁳󠁣󠁴󠁿",
                "🇺🇦",
                "1️⃣",
                "👍🏿",
                "𠮷",
                "\u200f",
                "'; DROP TABLE",
                "<script>",
                "\\"
            })
    void textsThatTripClientsOccur(String text) {
        assertTrue(texts().contains(text));
    }

    private static String texts() {
        return EVENTS.stream()
                .map(event -> event instanceof UserSaved saved
                        ? saved.user().nickName()
                        : event instanceof MessageSaved saved ? saved.message().msgContents() : "")
                .collect(joining("\n"));
    }

    private static long count(Class<? extends ChatEvent> type) {
        return EVENTS.stream().filter(type::isInstance).count();
    }

    private static void assertAda(Predicate<Chat> seesOne) {
        assertTrue(chats.stream().anyMatch(seesOne));
    }

    private static void assertMessage(Predicate<Message> isThere) {
        assertTrue(EVENTS.stream()
                .anyMatch(event -> event instanceof MessageSaved saved && isThere.test(saved.message())));
    }

    private static void assertUser(Predicate<User> isThere) {
        assertTrue(EVENTS.stream().anyMatch(event -> event instanceof UserSaved saved && isThere.test(saved.user())));
    }
}
