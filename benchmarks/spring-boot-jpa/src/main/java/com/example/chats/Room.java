package com.example.chats;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Table;
import org.hibernate.annotations.Immutable;

@Entity
@Immutable
@Table(name = "rooms", schema = "chatlist")
class Room {
    @Id
    String roomId;

    String name;
    String description;

    @ManyToOne(fetch = FetchType.LAZY, optional = false)
    @JoinColumn(name = "creator_id")
    User creator;

    @Column(name = "is_1v1")
    boolean is1v1;

    boolean isOpenseaColl;
    String openseaCollName;
    String openseaCollCover;
    String openseaCollSlug;
    long createdAt;
}
