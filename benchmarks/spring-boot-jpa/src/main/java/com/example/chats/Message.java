package com.example.chats;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.util.List;
import org.hibernate.annotations.Immutable;

@Entity
@Immutable
@Table(name = "messages", schema = "chatlist")
class Message {
    @Id
    String id;

    String toRoomId;
    String fromUid;
    String msgType;
    String msgContents;
    String belongToThreadId;
    boolean isThread;
    String replyToMsgId;
    String openseaItemContractAddress;
    String openseaItemName;
    String openseaItemImageUrl;

    @Column(columnDefinition = "text[]")
    List<String> atUserIds;

    long createdAt;
}
