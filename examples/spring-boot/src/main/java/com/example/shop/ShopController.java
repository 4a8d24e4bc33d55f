package com.example.shop;

import dev.chatlist.application.ListMyChats;
import dev.chatlist.application.RejectedEventException;
import dev.chatlist.application.StorageUnavailableException;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.PageRequest;
import dev.chatlist.domain.User;
import dev.chatlist.domain.UserId;
import java.util.List;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** The path names the user only in this example. A real shop takes the user from the login: Chatlist asks for no proof. */
@RestController
class ShopController {
    private final Orders orders;
    private final ListMyChats chats;

    ShopController(Orders orders, ListMyChats chats) {
        this.orders = orders;
        this.chats = chats;
    }

    @PostMapping("/users/{user}/orders")
    @ResponseStatus(HttpStatus.CREATED)
    String order(@PathVariable String user, @RequestParam String item, @RequestBody String message) {
        return orders.place(new UserId(user), item, message);
    }

    @GetMapping("/users/{user}/chats")
    List<Entry> chats(@PathVariable String user, @RequestParam(defaultValue = "1") long page) {
        return chats.listMyChats(new UserId(user), new PageRequest(page, 20)).stream()
                .map(Entry::of)
                .toList();
    }

    @ExceptionHandler
    @ResponseStatus(HttpStatus.BAD_REQUEST)
    String invalid(IllegalArgumentException e) {
        return e.getMessage();
    }

    @ExceptionHandler
    @ResponseStatus(HttpStatus.BAD_REQUEST)
    String rejected(RejectedEventException e) {
        return e.reason();
    }

    @ExceptionHandler(DataIntegrityViolationException.class)
    @ResponseStatus(HttpStatus.CONFLICT)
    String soldOut() {
        return "the shop has no such item";
    }

    @ExceptionHandler(StorageUnavailableException.class)
    @ResponseStatus(HttpStatus.SERVICE_UNAVAILABLE)
    String unavailable() {
        return "try again later";
    }

    /** What the shop's clients see of a chat. */
    record Entry(String room, List<String> members, String latest) {
        static Entry of(Chat chat) {
            return new Entry(
                    chat.room().id().value(),
                    chat.members().stream().map(User::nickName).toList(),
                    chat.latest() == null ? "" : chat.latest().msgContents());
        }
    }
}
