package com.example.chats;

import com.example.chats.ChatsResponse.UserJson;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import org.hibernate.annotations.Immutable;

@Entity
@Immutable
@Table(name = "users", schema = "chatlist")
class User {
    @Id
    String userId;

    String nickName;
    String status;
    String ethWalletAddress;
    String ensName;
    String openseaUsername;
    String openseaAvatar;
    String twitterUsername;
    String twitterAvatar;
    String discordUsername;
    String discordAvatar;
    String facebookUsername;
    String facebookAvatar;
    String instagramUsername;
    String instagramAvatar;
    long createdAt;

    UserJson toJson() {
        return new UserJson(
                openseaUsername,
                twitterUsername,
                userId,
                nickName,
                createdAt,
                ethWalletAddress,
                facebookUsername,
                instagramAvatar,
                ensName,
                status,
                discordUsername,
                instagramUsername,
                facebookAvatar,
                twitterAvatar,
                openseaAvatar,
                discordAvatar);
    }
}
