package dev.chatlist.benchmarks.world;

import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

/** Writes the rows of a {@link World} in the text format of {@code COPY}. */
final class Rows {
    static final String USER_COLUMNS = "user_id, nick_name, status, eth_wallet_address, ens_name, opensea_username,"
            + " opensea_avatar, twitter_username, twitter_avatar, discord_username, discord_avatar, facebook_username,"
            + " facebook_avatar, instagram_username, instagram_avatar, created_at";

    static final String ROOM_COLUMNS = "room_id, name, description, creator_id, is_1v1, is_opensea_coll,"
            + " opensea_coll_name, opensea_coll_cover, opensea_coll_slug, created_at";

    static final String MEMBERSHIP_COLUMNS = "user_id, room_id, joined_at";

    static final String MESSAGE_COLUMNS = "id, to_room_id, from_uid, msg_type, msg_contents, belong_to_thread_id,"
            + " is_thread, reply_to_msg_id, opensea_item_contract_address, opensea_item_name, opensea_item_image_url,"
            + " at_user_ids, created_at";

    private final World world;
    private final Random random;
    private final Writer out;

    /** @param seed of the random texts and times; one per table keeps the tables independent of each other */
    Rows(World world, long seed, OutputStream out) {
        this.world = world;
        this.random = new Random(seed);
        this.out = new OutputStreamWriter(out, StandardCharsets.UTF_8);
    }

    void users() {
        for (String id : world.userIds()) {
            String name = oneOf(Phrases.NAMES) + " " + oneOf(Phrases.NAMES).charAt(0) + random.nextInt(1000);
            String handle = "user_" + hex(3);
            row(
                    id,
                    name,
                    Integer.toBinaryString(64 + random.nextInt(64)),
                    maybe(85, "0x" + hex(20)),
                    maybe(30, handle + ".eth"),
                    maybe(60, handle),
                    maybe(50, avatar("https://i.seadn.example/gae/")),
                    maybe(75, handle),
                    maybe(60, avatar("https://pbs.twimg.example/profile_images/")),
                    maybe(70, handle + "#" + (1000 + random.nextInt(9000))),
                    maybe(55, avatar("https://cdn.discordapp.example/avatars/")),
                    maybe(35, handle),
                    maybe(30, avatar("https://graph.facebook.example/v12/")),
                    maybe(45, handle),
                    maybe(40, avatar("https://scontent.cdninstagram.example/")),
                    nanos(World.END - 900 * World.DAY, 100 * World.DAY));
        }
    }

    void rooms() {
        for (int room = 0; room < world.roomIds().size(); room++) {
            boolean isOneToOne = world.isOneToOne(room);
            boolean isCollection = !isOneToOne && random.nextInt(30) == 0;
            String name = isOneToOne ? "" : oneOf(Phrases.TOPICS) + " " + random.nextInt(1000);
            row(
                    world.roomIds().get(room),
                    name,
                    isOneToOne ? "" : maybe(60, oneOf(Phrases.REMARKS)),
                    world.userIds().get(world.members(room)[0]),
                    isOneToOne,
                    isCollection,
                    isCollection ? name : "",
                    isCollection ? avatar("https://i.seadn.example/covers/") : "",
                    isCollection ? "collection-" + hex(3) : "",
                    room == 0 ? World.END - 800 * World.DAY : nanos(World.END - 700 * World.DAY, 300 * World.DAY));
        }
    }

    void memberships() {
        for (int room = 0; room < world.roomIds().size(); room++) {
            long joined = World.END - 350 * World.DAY;
            for (int user : world.members(room)) {
                row(world.userIds().get(user), world.roomIds().get(room), joined);
                joined += nanos(0, World.SECOND);
            }
        }
    }

    void messages() {
        for (int room = 0; room < world.roomIds().size(); room++) {
            // Half of the rooms had no message in the last month. The big room has been silent for longest.
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
                random.nextInt(3) == 0 ? oneOf(Phrases.REMARKS) + " " + oneOf(Phrases.REMARKS) : oneOf(Phrases.REMARKS),
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

    private String maybe(int percent, String text) {
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
