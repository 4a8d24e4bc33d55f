package dev.chatlist.benchmarks;

import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

/** The rows of a {@link World}, with what people call themselves and say, as {@code COPY} reads them. */
final class Rows {
    private static final List<String> NAMES = List.of(
            "Ada",
            "Björn",
            "Chiamaka",
            "Dmitri",
            "Élodie",
            "Farid",
            "Giulia",
            "Hồng",
            "Ines",
            "Jürgen",
            "Keiko",
            "Luís",
            "Мария",
            "Νίκος",
            "Олег",
            "Priya",
            "Quentin",
            "Róisín",
            "سارة",
            "陳美玲",
            "さくら",
            "지훈",
            "अनिता",
            "ანა",
            "Zoë",
            "ทิพย์");

    private static final List<String> REMARKS = List.of(
            "Has anybody seen the new collection?",
            "I'll be ten minutes late, start without me.",
            "Das klingt gut, ich schaue es mir heute Abend an.",
            "On se retrouve à la gare à 18 h ?",
            "¿Quién trae la cuerda? Yo llevo el agua.",
            "Давайте перенесём встречу на завтра, у меня поезд.",
            "我已经把文件发给你了，请查收。",
            "明日の会議は10時からでよろしいでしょうか。",
            "내일 점심 같이 먹을래요? 🍜",
            "هل يمكنك إرسال الرابط مرة أخرى؟",
            "कल की मीटिंग कितने बजे है?",
            "ขอบคุณมากครับ เจอกันพรุ่งนี้",
            "😂😂😂 that made my day",
            "She said \"never again\" and bought two more.",
            "gm ☀️",
            "wagmi 🚀",
            "ok",
            "+1",
            "See https://example.org/items/4211?ref=chat#details for the whole story.",
            "Line one\nLine two, and C:\\temp\\report.txt is where it lies.",
            "The floor went up again, I should have bought last week when everybody was asleep.",
            "Please keep it to the thread, so that the others can follow tomorrow.",
            "Jeg kommer litt senere, toget står ved Lillestrøm.",
            "Đã nhận được, cảm ơn bạn nhiều!");

    private static final List<String> TOPICS = List.of(
            "Sunday hikes",
            "Release 4.2",
            "Familie",
            "Книжный клуб",
            "読書会",
            "Apartment 12b",
            "Board games",
            "Trip ✈️",
            "On call",
            "Fútbol los jueves",
            "Pottery",
            "Reading group");

    private final World world;
    private final Random random;
    private final Writer out;

    /** @param seed such that a table's rows don't depend on the tables before it */
    Rows(World world, long seed, OutputStream out) {
        this.world = world;
        this.random = new Random(seed);
        this.out = new OutputStreamWriter(out, StandardCharsets.UTF_8);
    }

    static final String USER_COLUMNS = "user_id, nick_name, status, eth_wallet_address, ens_name, opensea_username,"
            + " opensea_avatar, twitter_username, twitter_avatar, discord_username, discord_avatar, facebook_username,"
            + " facebook_avatar, instagram_username, instagram_avatar, created_at";

    void users() {
        for (String id : world.userIds()) {
            String name = oneOf(NAMES) + " " + oneOf(NAMES).charAt(0) + random.nextInt(1000);
            String handle = "user_" + hex(3);
            row(
                    id,
                    name,
                    Integer.toBinaryString(64 + random.nextInt(64)),
                    often(85, "0x" + hex(20)),
                    often(30, handle + ".eth"),
                    often(60, handle),
                    often(50, avatar("https://i.seadn.example/gae/")),
                    often(75, handle),
                    often(60, avatar("https://pbs.twimg.example/profile_images/")),
                    often(70, handle + "#" + (1000 + random.nextInt(9000))),
                    often(55, avatar("https://cdn.discordapp.example/avatars/")),
                    often(35, handle),
                    often(30, avatar("https://graph.facebook.example/v12/")),
                    often(45, handle),
                    often(40, avatar("https://scontent.cdninstagram.example/")),
                    nanos(World.END - 900 * World.DAY, 100 * World.DAY));
        }
    }

    static final String ROOM_COLUMNS = "room_id, name, description, creator_id, is_1v1, is_opensea_coll,"
            + " opensea_coll_name, opensea_coll_cover, opensea_coll_slug, created_at";

    void rooms() {
        for (int room = 0; room < world.roomIds().size(); room++) {
            boolean isOneToOne = world.isOneToOne(room);
            boolean isCollection = !isOneToOne && random.nextInt(30) == 0;
            String name = isOneToOne ? "" : oneOf(TOPICS) + " " + random.nextInt(1000);
            row(
                    world.roomIds().get(room),
                    name,
                    isOneToOne ? "" : often(60, oneOf(REMARKS)),
                    world.userIds().get(world.members(room)[0]),
                    isOneToOne,
                    isCollection,
                    isCollection ? name : "",
                    isCollection ? avatar("https://i.seadn.example/covers/") : "",
                    isCollection ? "collection-" + hex(3) : "",
                    room == 0 ? World.END - 800 * World.DAY : nanos(World.END - 700 * World.DAY, 300 * World.DAY));
        }
    }

    static final String MEMBERSHIP_COLUMNS = "user_id, room_id, joined_at";

    void memberships() {
        for (int room = 0; room < world.roomIds().size(); room++) {
            long joined = World.END - 350 * World.DAY;
            for (int user : world.members(room)) {
                row(world.userIds().get(user), world.roomIds().get(room), joined);
                joined += nanos(0, World.SECOND);
            }
        }
    }

    static final String MESSAGE_COLUMNS = "id, to_room_id, from_uid, msg_type, msg_contents, belong_to_thread_id,"
            + " is_thread, reply_to_msg_id, opensea_item_contract_address, opensea_item_name, opensea_item_image_url,"
            + " at_user_ids, created_at";

    void messages() {
        for (int room = 0; room < world.roomIds().size(); room++) {
            // Half of the rooms were quiet in the last month; the big one longer than any other.
            long at = room == 0
                    ? World.END - 799 * World.DAY
                    : World.END - (long) (Math.pow(random.nextDouble(), 2) * 120 * World.DAY);
            String before = "";
            for (int n = world.messages(room); n > 0; n--) {
                String id = hex(12);
                message(id, room, before, at - n * 60L * World.SECOND + nanos(0, World.SECOND));
                before = id;
            }
        }
    }

    private void message(String id, int room, String before, long at) {
        int[] members = world.members(room);
        boolean showsItem = random.nextInt(50) == 0;
        row(
                id,
                world.roomIds().get(room),
                oneOf(members),
                showsItem ? "opensea_item" : "text",
                random.nextInt(3) == 0 ? oneOf(REMARKS) + " " + oneOf(REMARKS) : oneOf(REMARKS),
                random.nextInt(20) == 0 ? before : "",
                random.nextInt(25) == 0,
                random.nextInt(8) == 0 ? before : "",
                showsItem ? "0x" + hex(20) : "",
                showsItem ? "Item #" + random.nextInt(10_000) : "",
                showsItem ? avatar("https://i.seadn.example/items/") : "",
                random.nextInt(12) == 0 ? "{" + oneOf(members) + "}" : "{}",
                at);
    }

    private String oneOf(int[] users) {
        return world.userIds().get(users[random.nextInt(users.length)]);
    }

    private <T> T oneOf(List<T> choice) {
        return choice.get(random.nextInt(choice.size()));
    }

    private String often(int percent, String text) {
        return random.nextInt(100) < percent ? text : "";
    }

    private String avatar(String prefix) {
        return prefix + hex(10) + ".png";
    }

    private long nanos(long from, long length) {
        return from + (long) (random.nextDouble() * length);
    }

    private String hex(int bytes) {
        byte[] drawn = new byte[bytes];
        random.nextBytes(drawn);
        return HexFormat.of().formatHex(drawn);
    }

    private void row(Object... values) {
        try {
            for (int i = 0; i < values.length; i++) {
                String value = String.valueOf(values[i]);
                out.write(i == 0 ? "" : "\t");
                out.write(needsEscape(value) ? escaped(value) : value);
            }
            out.write("\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean needsEscape(String value) {
        return value.indexOf('\\') >= 0 || value.indexOf('\n') >= 0;
    }

    private static String escaped(String value) {
        return value.replace("\\", "\\\\").replace("\n", "\\n");
    }

    void flush() throws IOException {
        out.flush();
    }
}
