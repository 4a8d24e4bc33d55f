package dev.chatlist.domain;

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
