package dev.chatlist.bootstrap.events;

import static dev.chatlist.bootstrap.events.ChatEventReader.LINES_KNOWN;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import dev.chatlist.domain.Message.OpenseaItem;
import dev.chatlist.domain.MessageId;
import dev.chatlist.domain.Room;
import dev.chatlist.domain.Room.OpenseaCollection;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.TextLimit;
import dev.chatlist.domain.User;
import dev.chatlist.domain.User.SocialAccount;
import dev.chatlist.domain.UserId;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChatEventReaderTest {
    private static final RoomId R1 = new RoomId("r1");
    private static final UserId U1 = new UserId("u1");
    private static final UserId U2 = new UserId("u2");

    @Test
    void everyTypeOfEventIsRead() {
        assertEquals(
                List.of(
                        new UserSaved(User.named(U1, "Ada", 1643444610000000000L)),
                        new RoomSaved(Room.group(R1, "", U1, 1643444610855372555L)),
                        new MemberJoined(R1, U2, 1643444611000000000L),
                        new MessageSaved(Message.text(new MessageId("m1"), R1, U1, "Hi", 1643444624578432887L)),
                        new MemberLeft(R1, U2),
                        new MessageRemoved(new MessageId("m1")),
                        new RoomRemoved(R1),
                        new UserRemoved(U2)),
                read("""
                        {"type":"user","user_id":"u1","nick_name":"Ada","created_at":1643444610000000000}
                        {"type":"room","room_id":"r1","name":"","description":"","creator_id":"u1","is_1v1":false,\
                        "is_opensea_coll":false,"created_at":1643444610855372555}
                        {"type":"join","room_id":"r1","user_id":"u2","at":1643444611000000000}
                        {"type":"message","id":"m1","to_room_id":"r1","from_uid":"u1","msg_type":"text",\
                        "msg_contents":"Hi","at_user_ids":[],"created_at":1643444624578432887}
                        {"type":"leave","room_id":"r1","user_id":"u2"}
                        {"type":"message_removed","id":"m1"}
                        {"type":"room_removed","room_id":"r1"}
                        {"type":"user_removed","user_id":"u2"}
                        """));
    }

    @Test
    void everyKeyOfTheFormatIsRead() {
        assertEquals(
                List.of(
                        new UserSaved(new User(
                                U1,
                                "a",
                                "b",
                                "c",
                                "d",
                                new SocialAccount("e", "f"),
                                new SocialAccount("g", "h"),
                                new SocialAccount("i", "j"),
                                new SocialAccount("k", "l"),
                                new SocialAccount("m", "n"),
                                1)),
                        new RoomSaved(new Room(R1, "a", "b", U1, true, true, new OpenseaCollection("c", "d", "e"), 2)),
                        new MessageSaved(new Message(
                                new MessageId("m1"),
                                R1,
                                U1,
                                "a",
                                "b",
                                "c",
                                true,
                                "d",
                                new OpenseaItem("e", "f", "g"),
                                List.of(U2, U1),
                                3))),
                read("""
                        {"type":"user","user_id":"u1","nick_name":"a","status":"b","eth_wallet_address":"c",\
                        "ens_name":"d","opensea_username":"e","opensea_avatar":"f","twitter_username":"g",\
                        "twitter_avatar":"h","discord_username":"i","discord_avatar":"j","facebook_username":"k",\
                        "facebook_avatar":"l","instagram_username":"m","instagram_avatar":"n","created_at":1}
                        {"type":"room","room_id":"r1","name":"a","description":"b","creator_id":"u1","is_1v1":true,\
                        "is_opensea_coll":true,"opensea_coll_name":"c","opensea_coll_cover":"d",\
                        "opensea_coll_slug":"e","created_at":2}
                        {"type":"message","id":"m1","to_room_id":"r1","from_uid":"u1","msg_type":"a",\
                        "msg_contents":"b","belong_to_thread_id":"c","is_thread":true,"reply_to_msg_id":"d",\
                        "opensea_item_contract_address":"e","opensea_item_name":"f","opensea_item_image_url":"g",\
                        "at_user_ids":["u2","u1"],"created_at":3}
                        """));
    }

    @Test
    void nullIsTheSameAsAMissingKeyAndUnknownKeysAreIgnored() {
        assertEquals(
                read("{'type':'message','id':'m','to_room_id':'r1','from_uid':'u1','created_at':0}"),
                read("{'type':'message','id':'m','to_room_id':'r1','from_uid':'u1','created_at':0,'msg_type':null,"
                        + "'is_thread':null,'at_user_ids':null,'extra':{'a':[1.5]},'nick_name':7}"));
    }

    @Test
    void everyScriptAndEmojiIsReadUnchanged() {
        String text = "Ǆ \u202eשלום 你好 𠮷 👩🏽‍🚀 🏴󠁧󠁢󠁳󠁣󠁴󠁿 \"quoted\" \\ \n\t";
        String escaped = text.replace("\\", "\\\\")
                .replace("\"", "\\\"")
                .replace("\n", "\\n")
                .replace("\t", "\\u0009");
        List<ChatEvent> events = readExactly("{\"type\":\"user\",\"user_id\":\"u1\",\"created_at\":0,\"nick_name\":\""
                + escaped.replace("𠮷", "\\uD842\\uDFB7") + "\"}");
        assertEquals(List.of(new UserSaved(User.named(U1, text, 0))), events);
    }

    @Test
    void lineEndsBlankLinesAndAByteOrderMarkDoNotMatter() {
        String event = "{'type':'user_removed','user_id':'u1'}";
        List<ChatEvent> twice = List.of(new UserRemoved(U1), new UserRemoved(U1));
        assertEquals(twice, read(event + "\n" + event));
        assertEquals(twice, read("\uFEFF" + event + "\r\n\r\n  \t\n" + event + "\r\n\n"));
        assertEquals(List.of(), read(""));
        assertEquals(List.of(), read("\n\n"));
    }

    @Test
    void blankLinesCountInTheLineNumberOfAnEvent() {
        String event = "{'type':'user_removed','user_id':'u1'}\n";
        ChatEventReader reader = reader("\n\n" + event + event + "\n" + event + "\n\n\n" + event + event);
        List<String> places = new ArrayList<>();
        for (long index = 0; reader.hasNext(); index++) {
            reader.next();
            places.add(reader.placeOf(index));
        }
        assertEquals(List.of("line 3", "line 4", "line 6", "line 10", "line 11"), places);
    }

    @Test
    void noFaultIsNamedInTheWordsOfALibrary() {
        String good = "{\"type\":\"user_removed\",\"user_id\":\"u1\"}";
        String signs = "'`{}[]:,\\\"/+-.01eEnNI\0\t#*é";
        for (int at = 0; at <= good.length(); at++) {
            for (int i = 0; i < signs.length(); i++) {
                String line = good.substring(0, at) + signs.charAt(i) + good.substring(at);
                try {
                    reader(line).forEachRemaining(event -> {});
                } catch (BadLineException e) {
                    String message = String.valueOf(e.getMessage()).replace("'`'", "");
                    assertFalse(
                            message.matches("(?s).*(Feature|Source|: enable|java\\.|com\\.).*"), line + ": " + message);
                }
            }
        }
        BadLineException e = assertThrows(
                BadLineException.class,
                () -> reader("{'type':'user','user_id':'u','created_at':NaN}").hasNext());
        assertEquals("line 1: not JSON: Non-standard token 'NaN', at character 46", e.getMessage());
    }

    @Test
    void onlyTheLatestEventsKeepTheirLineNumbers() {
        ChatEventReader reader = reader("{'type':'user_removed','user_id':'u1'}\n\n".repeat(LINES_KNOWN + 2));
        reader.forEachRemaining(event -> {});
        assertEquals("event 2", reader.placeOf(1));
        assertEquals("line 5", reader.placeOf(2));
        assertEquals("line " + (2 * LINES_KNOWN + 3), reader.placeOf(LINES_KNOWN + 1));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    nope                                            | not JSON: Unrecognized token 'nope'
                    {'type':'leave'                                 | not JSON: Unexpected end-of-input
                    {'type':'leave' 'a':1}                          | not JSON: Unexpected character
                    {'type':'user','type':'user'}                   | not JSON: Duplicate field 'type'
                    {'type':'user','extra':{'a':1,'a':1}}           | not JSON: Duplicate field 'a'
                    {'type':'user_removed','user_id':'u1'} {}       | must be one JSON object, there is text after it
                    {'type':'user_removed','user_id':'u1'} x        | not JSON: Unrecognized token 'x'
                    ['type']                                        | must be a JSON object, it is an array
                    null                                            | must be a JSON object, it is null
                    {}                                              | type is missing; it must be a string
                    {'type':1}                                      | type must be a string, it is the number 1
                    {'type':'User'}                                 | type must be user, room, join, leave, message,
                    {'type':'user','created_at':1}                  | user_id is missing
                    {'type':'user','user_id':'','created_at':1}     | user_id must have 1 to 128 characters, it has 0
                    {'type':'user','user_id':7,'created_at':1}      | user_id must be a string, it is the number 7
                    {'type':'user','user_id':'u1'}                  | created_at is missing
                    {'type':'user','user_id':'u1','created_at':null}| created_at is missing
                    {'type':'user','user_id':'u1','created_at':'1'} | created_at must be an integer of nanoseconds
                    {'type':'user','user_id':'u1','created_at':'😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀'} | created_at must be an integer
                    {'type':'user','user_id':'u1','created_at':1.0} | created_at must be an integer of nanoseconds
                    {'type':'user','user_id':'u1','created_at':1e3} | created_at must be an integer of nanoseconds
                    {'type':'user','user_id':'u1','created_at':-1}  | created_at must be nanoseconds since the epoch
                    {'type':'user','user_id':'u1','created_at':9223372036854775808} | created_at must be an integer
                    {'type':'user','user_id':'u1','created_at':1,'nick_name':3}    | nick_name must be a string
                    {'type':'user','user_id':'u1','created_at':1,'nick_name':'\\u0000'} | nick_name must not hold U+0000
                    {'type':'user','user_id':'u1','created_at':1,'nick_name':'\\ud83d'} | nick_name must not hold half a
                    {'type':'user','user_id':'u1','created_at':1,'ens_name':{}}    | ens_name must be a string
                    {'type':'user','user_id':'u1','created_at':1,'twitter_avatar':'\\u0000'} | twitter: avatar must not
                    {'type':'room','room_id':'r1','created_at':1}                  | creator_id is missing
                    {'type':'room','room_id':'r1','creator_id':'\\n','created_at':1}| creator_id: user_id must not hold
                    {'type':'room','room_id':'r1','creator_id':'u1','created_at':1,'is_1v1':1}  | is_1v1 must be true
                    {'type':'room','room_id':'r1','creator_id':'u1','created_at':1,'is_1v1':'true'}| is_1v1 must be true
                    {'type':'join','room_id':'r1','user_id':'u1'}                  | at is missing
                    {'type':'leave','room_id':'r1'}                                | user_id is missing
                    {'type':'message_removed'}                                     | id is missing
                    {'type':'message','id':'m','to_room_id':'r1','created_at':1}   | from_uid is missing
                    {'type':'message','id':'m','to_room_id':'r','from_uid':'u','created_at':1,'at_user_ids':'u'} | \
                    at_user_ids must be an array of strings
                    {'type':'message','id':'m','to_room_id':'r','from_uid':'u','created_at':1,'at_user_ids':[null]} | \
                    at_user_ids must be an array of strings, it is null
                    """)
    void theFailureOfABadLineNamesTheLineAndTheFault(String line, String reason) {
        ChatEventReader reader = reader("{'type':'user_removed','user_id':'u1'}\n\n" + line);
        reader.next();
        BadLineException e = assertThrows(BadLineException.class, reader::hasNext);
        assertTrue(String.valueOf(e.getMessage()).startsWith("line 3: " + reason), e.getMessage());
    }

    @Test
    void bytesThatAreNotUtf8AreRejected() {
        byte[] bytes = "{\"type\":\"user_removed\",\"user_id\":\"u?\"}".getBytes(UTF_8);
        bytes[bytes.length - 3] = (byte) 0xC0;
        var e = assertThrows(
                BadLineException.class,
                () -> new ChatEventReader(new ByteArrayInputStream(bytes), TextLimit.DEFAULT).next());
        assertEquals("line 1: not UTF-8", e.getMessage());
    }

    @Test
    void aLineHoldsSeveralTextsOfTheLimit() {
        String start = "{\"type\":\"user_removed\",\"user_id\":\"u1\",\"x\":\"";
        String longest =
                start + "x".repeat(ChatEventReader.maxLineBytes(TextLimit.DEFAULT) - start.length() - 2) + "\"}";
        assertEquals(List.of(new UserRemoved(U1)), readExactly(longest + "\n"));
        var e = assertThrows(BadLineException.class, () -> readExactly("\n" + longest + " \n"));
        assertEquals("line 2: longer than 8388608 bytes", e.getMessage());
    }

    private static List<ChatEvent> read(String ndjson) {
        return readExactly(ndjson.replace('\'', '"'));
    }

    private static List<ChatEvent> readExactly(String ndjson) {
        List<ChatEvent> events = new ArrayList<>();
        new ChatEventReader(new ByteArrayInputStream(ndjson.getBytes(UTF_8)), TextLimit.DEFAULT)
                .forEachRemaining(events::add);
        return events;
    }

    private static ChatEventReader reader(String ndjson) {
        return new ChatEventReader(
                new ByteArrayInputStream(ndjson.replace('\'', '"').getBytes(UTF_8)), TextLimit.DEFAULT);
    }
}
