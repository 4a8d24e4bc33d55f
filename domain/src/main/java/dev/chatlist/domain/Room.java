package dev.chatlist.domain;

import static java.util.Objects.requireNonNull;

/**
 * Where members talk. Texts are empty where nothing is set: a room of two often has no name.
 *
 * @param creatorId who made it, a member or not
 * @param is1v1 a conversation of two, which clients show under the other's name
 * @param isOpenseaColl made for the holders of an NFT collection
 * @param createdAt nanoseconds since the epoch; the room's last activity until somebody writes
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

    /** A room of any number of members. */
    public static Room group(RoomId id, String name, UserId creatorId, long createdAt) {
        return new Room(id, name, "", creatorId, false, false, OpenseaCollection.NONE, createdAt);
    }

    /** A conversation of two; whoever they are join like the members of any room. */
    public static Room oneToOne(RoomId id, UserId creatorId, long createdAt) {
        return new Room(id, "", "", creatorId, true, false, OpenseaCollection.NONE, createdAt);
    }

    /** The NFT collection that a room was created from. Texts are empty where nothing is set. */
    public record OpenseaCollection(String name, String cover, String slug) {
        public static final OpenseaCollection NONE = new OpenseaCollection("", "", "");

        /** @throws IllegalArgumentException if a text holds what can't be stored; the message names it */
        public OpenseaCollection {
            Check.text("name", name);
            Check.text("cover", cover);
            Check.text("slug", slug);
        }
    }
}
