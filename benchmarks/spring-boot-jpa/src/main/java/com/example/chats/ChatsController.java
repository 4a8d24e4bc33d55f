package com.example.chats;

import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

@RestController
class ChatsController {
    private final ChatsService chats;

    ChatsController(ChatsService chats) {
        this.chats = chats;
    }

    @PostMapping("/my_chats")
    ChatsResponse myChats(@AuthenticationPrincipal Jwt caller, @RequestBody PageRequest request) {
        return new ChatsResponse("ok", 0, chats.myChats(caller.getSubject(), request.page(), request.size()));
    }

    record PageRequest(int page, int size) {}
}
