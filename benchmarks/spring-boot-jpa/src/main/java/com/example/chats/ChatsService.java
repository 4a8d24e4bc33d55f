package com.example.chats;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;
import static java.util.stream.Collectors.toMap;

import com.example.chats.ChatsRepository.Entry;
import com.example.chats.ChatsRepository.Member;
import com.example.chats.ChatsResponse.ChatJson;
import com.example.chats.ChatsResponse.MessageJson;
import com.example.chats.ChatsResponse.UserJson;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.springframework.data.domain.PageRequest;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

@Service
class ChatsService {
    private final ChatsRepository repository;

    ChatsService(ChatsRepository repository) {
        this.repository = repository;
    }

    @Transactional(readOnly = true)
    List<ChatJson> myChats(String userId, int page, int size) {
        List<Entry> entries = repository.findPage(userId, PageRequest.of(page - 1, size));
        if (entries.isEmpty()) {
            return List.of();
        }
        List<String> roomIds = entries.stream().map(Entry::roomId).toList();
        Map<String, Room> rooms =
                repository.findByRoomIdIn(roomIds).stream().collect(toMap(room -> room.roomId, Function.identity()));
        Map<String, List<UserJson>> members = repository.findMembers(roomIds).stream()
                .collect(groupingBy(Member::roomId, mapping(Member::user, toList())));
        List<String> messageIds = entries.stream()
                .map(Entry::latestMessageId)
                .filter(Objects::nonNull)
                .toList();
        Map<String, MessageJson> messages = repository.findMessages(messageIds).stream()
                .collect(toMap(MessageJson::id, Function.identity()));
        return entries.stream()
                .map(entry -> chat(
                        rooms.get(entry.roomId()),
                        members.getOrDefault(entry.roomId(), List.of()),
                        messages.get(entry.latestMessageId())))
                .toList();
    }

    private static ChatJson chat(Room room, List<UserJson> members, MessageJson latest) {
        return new ChatJson(
                room.name,
                room.creator.toJson(),
                room.isOpenseaColl,
                room.description,
                latest,
                room.creator.userId,
                room.roomId,
                members,
                room.is1v1,
                room.createdAt,
                room.openseaCollName,
                room.openseaCollCover,
                room.openseaCollSlug);
    }
}
