package com.example.chats;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.io.Serializable;
import org.hibernate.annotations.Immutable;

@Entity
@Immutable
@Table(name = "memberships", schema = "chatlist")
@IdClass(Membership.Key.class)
class Membership {
    @Id
    String userId;

    @Id
    String roomId;

    long joinedAt;

    record Key(String userId, String roomId) implements Serializable {}
}
