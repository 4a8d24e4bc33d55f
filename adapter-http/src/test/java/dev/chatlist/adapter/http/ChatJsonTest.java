package dev.chatlist.adapter.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

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
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The exact bytes of a successful answer, because deployed clients depend on them. */
class ChatJsonTest {
    static final UserId ADA = new UserId("ada");
    static final UserId BOB = new UserId("bob");
    static final RoomId ROOM = new RoomId("r1");

    private static TestApi api;

    @BeforeAll
    static void start() {
        api = new TestApi();
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    /** A chat in which every field is set, each text to a different value. */
    static Chat full() {
        User creator = new User(
                ADA,
                "Ada",
                "1111111",
                "0xada",
                "ada.eth",
                new SocialAccount("ada-o", "https://o/a"),
                new SocialAccount("ada-t", "https://t/a"),
                new SocialAccount("ada#1", "https://d/a"),
                new SocialAccount("ada-f", "https://f/a"),
                new SocialAccount("ada-i", "https://i/a"),
                1643444600000000001L);
        Room room = new Room(
                ROOM,
                "Apes",
                "For holders",
                ADA,
                false,
                true,
                new OpenseaCollection("Ape Club", "https://c/a", "ape-club"),
                1643444610855372555L);
        Message latest = new Message(
                new MessageId("m1"),
                ROOM,
                BOB,
                "image",
                "Grüße, 世界 🦍 \"</script>\\\n",
                "t1",
                true,
                "m0",
                new OpenseaItem("0xitem", "Ape 1", "https://n/a"),
                List.of(BOB, ADA),
                1643444624578432887L);
        return new Chat(room, creator, List.of(creator, User.removed(BOB)), latest);
    }

    /** A chat in which only the required fields are set. */
    static Chat bare() {
        return new Chat(
                Room.oneToOne(ROOM, BOB, Long.MAX_VALUE), User.removed(BOB), List.of(User.named(ADA, "Ada", 5)), null);
    }

    @Test
    void aFullChatHasEveryFieldInOrder() throws Exception {
        api.listMyChats = (caller, request) -> List.of(full());
        String ada = """
                {"opensea_username":"ada-o","twitter_username":"ada-t","user_id":"ada","nick_name":"Ada",\
                "created_at":1643444600000000001,"eth_wallet_address":"0xada","facebook_username":"ada-f",\
                "instagram_avatar":"https://i/a","ens_name":"ada.eth","status":"1111111","discord_username":"ada#1",\
                "instagram_username":"ada-i","facebook_avatar":"https://f/a","twitter_avatar":"https://t/a",\
                "opensea_avatar":"https://o/a","discord_avatar":"https://d/a"}""";
        String removedBob = """
                {"opensea_username":"","twitter_username":"","user_id":"bob","nick_name":"","created_at":0,\
                "eth_wallet_address":"","facebook_username":"","instagram_avatar":"","ens_name":"","status":"",\
                "discord_username":"","instagram_username":"","facebook_avatar":""}""";

        assertEquals("""
                {"msg":"ok","code":0,"data":[{"name":"Apes","creator":%s,"is_opensea_coll":true,\
                "description":"For holders","latest_msg":{"opensea_item_contract_address":"0xitem",\
                "opensea_item_image_url":"https://n/a","msg_type":"image",\
                "msg_contents":"Grüße, 世界 🦍 \\"</script>\\\\\\n","belong_to_thread_id":"t1",\
                "created_at":1643444624578432887,"from_uid":"bob","is_thread":true,"to_room_id":"r1",\
                "opensea_item_name":"Ape 1","reply_to_msg_id":"m0","id":"m1","at_user_ids":["bob","ada"]},\
                "creator_id":"ada","room_id":"r1","members":[%1$s,%s],"is_1v1":false,\
                "created_at":1643444610855372555,"opensea_coll_name":"Ape Club","opensea_coll_cover":"https://c/a",\
                "opensea_coll_slug":"ape-club"}]}""".formatted(ada, removedBob), chats());
    }

    @Test
    void anUnsetFieldIsEmptyAndOnlyOptionalFieldsAreAbsent() throws Exception {
        api.listMyChats = (caller, request) -> List.of(bare());

        assertEquals("""
                {"msg":"ok","code":0,"data":[{"name":"","creator":{"opensea_username":"","twitter_username":"",\
                "user_id":"bob","nick_name":"","created_at":0,"eth_wallet_address":"","facebook_username":"",\
                "instagram_avatar":"","ens_name":"","status":"","discord_username":"","instagram_username":"",\
                "facebook_avatar":""},"is_opensea_coll":false,"description":"","latest_msg":null,"creator_id":"bob",\
                "room_id":"r1","members":[{"opensea_username":"","twitter_username":"","user_id":"ada",\
                "nick_name":"Ada","created_at":5,"eth_wallet_address":"","facebook_username":"",\
                "instagram_avatar":"","ens_name":"","status":"","discord_username":"","instagram_username":"",\
                "facebook_avatar":""}],"is_1v1":true,"created_at":9223372036854775807}]}""", chats());
    }

    @Test
    void aPlainMessageHasEveryField() throws Exception {
        Message hi = Message.text(new MessageId("m1"), ROOM, BOB, "Hi", 7);
        api.listMyChats =
                (caller, request) -> List.of(new Chat(Room.group(ROOM, "", ADA, 5), User.removed(ADA), List.of(), hi));

        String expected = """
                "latest_msg":{"opensea_item_contract_address":"","opensea_item_image_url":"","msg_type":"text",\
                "msg_contents":"Hi","belong_to_thread_id":"","created_at":7,"from_uid":"bob","is_thread":false,\
                "to_room_id":"r1","opensea_item_name":"","reply_to_msg_id":"","id":"m1","at_user_ids":[]},\
                "creator_id":"ada","room_id":"r1","members":[],""";
        assertEquals(1, chats().split(Pattern.quote(expected), -1).length - 1);
    }

    @Test
    void chatsKeepTheOrderOfTheUseCase() throws Exception {
        Chat other = new Chat(Room.group(new RoomId("a"), "", ADA, 1), User.removed(ADA), List.of(), null);
        api.listMyChats = (caller, request) -> List.of(bare(), other);

        List<String> rooms = Pattern.compile("\"room_id\":\"(\\w+)\"")
                .matcher(chats())
                .results()
                .map(match -> match.group(1))
                .toList();
        assertEquals(List.of("r1", "a"), rooms);
    }

    @Test
    void noChatsAreAnEmptyList() throws Exception {
        api.listMyChats = (caller, request) -> List.of();

        assertEquals("{\"msg\":\"ok\",\"code\":0,\"data\":[]}", chats());
    }

    @Test
    void roomIdsAreAListOfStrings() throws Exception {
        api.listMyRoomIds =
                caller -> caller.equals(TestApi.CALLER) ? List.of(new RoomId("a"), new RoomId("ß")) : List.of();

        assertEquals(
                "{\"msg\":\"ok\",\"code\":0,\"data\":[\"a\",\"ß\"]}",
                api.myRooms().body());
    }

    /** The body of the page. Also checks the headers that every answer has. */
    private static String chats() throws Exception {
        HttpResponse<String> answer = api.myChats("{\"page\":1,\"size\":20}");
        assertEquals(200, answer.statusCode());
        assertEquals(Optional.of("application/json"), answer.headers().firstValue("Content-Type"));
        assertEquals(
                answer.body().getBytes(UTF_8).length,
                answer.headers().firstValueAsLong("Content-Length").orElse(-1));
        assertEquals(Optional.of("no-store"), answer.headers().firstValue("Cache-Control"));
        assertEquals(Optional.of("nosniff"), answer.headers().firstValue("X-Content-Type-Options"));
        assertEquals(Optional.empty(), answer.headers().firstValue("Server"));
        return answer.body();
    }
}
