package dev.chatlist.domain;

import static java.util.Objects.requireNonNull;

/**
 * A room. A text that isn't set is empty; a room of two people often has no name.
 *
 * @param creatorId the user who created the room, a member or not
 * @param is1v1 whether this is a conversation of two people; clients show it under the other person's name
 * @param isOpenseaColl whether the room is for the holders of an NFT collection
 * @param createdAt nanoseconds since the epoch
 */
public record Room(
        RoomId id,
        String name,
        String description,
        UserId creatorId,
        boolean is1v1,
        boolean isOpenseaColl,
        OpenseaCollection openseaColl,
        long createdAt) {

    /** @throws IllegalArgumentException if a text can't be stored or the time is negative; the message names it */
    public Room {
        requireNonNull(id, "room_id");
        Check.text("name", name);
        Check.text("description", description);
        requireNonNull(creatorId, "creator_id");
        requireNonNull(openseaColl, "opensea_coll");
        Check.time("created_at", createdAt);
    }

    /** A room for any number of people, with nothing but a name set. */
    public static Room group(RoomId id, String name, UserId creatorId, long createdAt) {
        return new Room(id, name, "", creatorId, false, false, OpenseaCollection.NONE, createdAt);
    }

    /** A conversation of two people. Each of them becomes a member by joining. */
    public static Room oneToOne(RoomId id, UserId creatorId, long createdAt) {
        return new Room(id, "", "", creatorId, true, false, OpenseaCollection.NONE, createdAt);
    }

    /** The NFT collection that a room is for. */
    public record OpenseaCollection(String name, String cover, String slug) {
        public static final OpenseaCollection NONE = new OpenseaCollection("", "", "");

        /** @throws IllegalArgumentException if a text can't be stored; the message names it */
        public OpenseaCollection {
            Check.text("name", name);
            Check.text("cover", cover);
            Check.text("slug", slug);
        }
    }
}
