package com.example.chats;

import com.example.chats.ChatsResponse.MessageJson;
import com.example.chats.ChatsResponse.UserJson;
import java.util.Collection;
import java.util.List;
import org.springframework.data.domain.Pageable;
import org.springframework.data.jpa.repository.EntityGraph;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

/** Four queries for a page of any size. Read-only data is selected by projections instead of entities. */
interface ChatsRepository extends Repository<Room, String> {
    @Query(
            """
            select new com.example.chats.ChatsRepository$Entry(a.roomId, a.latestMessageId)
            from Membership m join RoomActivity a on a.roomId = m.roomId
            where m.userId = :userId
            order by a.lastActivity desc, a.roomId desc""")
    List<Entry> findPage(String userId, Pageable page);

    @EntityGraph(attributePaths = "creator")
    List<Room> findByRoomIdIn(Collection<String> roomIds);

    @Query(
            """
            select new com.example.chats.ChatsRepository$Member(
                m.roomId, u.openseaUsername, u.twitterUsername, u.userId, u.nickName, u.createdAt, u.ethWalletAddress,
                u.facebookUsername, u.instagramAvatar, u.ensName, u.status, u.discordUsername, u.instagramUsername,
                u.facebookAvatar, u.twitterAvatar, u.openseaAvatar, u.discordAvatar)
            from Membership m join User u on u.userId = m.userId
            where m.roomId in :roomIds
            order by m.roomId, m.joinedAt, m.userId""")
    List<Member> findMembers(Collection<String> roomIds);

    @Query(
            """
            select new com.example.chats.ChatsResponse$MessageJson(
                m.openseaItemContractAddress, m.openseaItemImageUrl, m.msgType, m.msgContents, m.belongToThreadId,
                m.createdAt, m.fromUid, m.isThread, m.toRoomId, m.openseaItemName, m.replyToMsgId, m.id, m.atUserIds)
            from Message m where m.id in :ids""")
    List<MessageJson> findMessages(Collection<String> ids);

    record Entry(String roomId, String latestMessageId) {}

    record Member(String roomId, UserJson user) {
        Member(
                String roomId,
                String openseaUsername,
                String twitterUsername,
                String userId,
                String nickName,
                long createdAt,
                String ethWalletAddress,
                String facebookUsername,
                String instagramAvatar,
                String ensName,
                String status,
                String discordUsername,
                String instagramUsername,
                String facebookAvatar,
                String twitterAvatar,
                String openseaAvatar,
                String discordAvatar) {
            this(
                    roomId,
                    new UserJson(
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
                            discordAvatar));
        }
    }
}
