package dev.chatlist.domain;

/** The NFT that a message shows. Texts are empty where nothing is set. */
public record OpenseaItem(String contractAddress, String name, String imageUrl) {
    public static final OpenseaItem NONE = new OpenseaItem("", "", "");

    /** @throws IllegalArgumentException if a text holds what can't be stored; the message names it */
    public OpenseaItem {
        Check.text("contract_address", contractAddress);
        Check.text("name", name);
        Check.text("image_url", imageUrl);
    }
}
