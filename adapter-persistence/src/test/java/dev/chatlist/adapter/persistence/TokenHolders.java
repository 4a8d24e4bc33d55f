package dev.chatlist.adapter.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.chatlist.application.StorageUnavailableException;
import dev.chatlist.application.contract.SyncClient;
import dev.chatlist.application.sync.ChatSyncService;
import dev.chatlist.application.sync.SyncDirectory;
import dev.chatlist.application.sync.SyncMyChats;
import dev.chatlist.application.sync.SyncRequest;
import dev.chatlist.application.sync.Synced;
import dev.chatlist.domain.Chat;
import dev.chatlist.domain.UserId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Clients that hold every kind of token: for each user one that is up to date, one in the middle of a walk, and one in
 * the middle of a delta. Each user must be in more than {@value #SIZE} rooms.
 */
final class TokenHolders {
    private static final int SIZE = 3;

    private enum Token {
        STATE,
        WALK,
        DELTA
    }

    /** A copy, and who answers for it now. */
    private static final class Client {
        final UserId user;
        final Token token;
        final SyncClient copy;
        private SyncMyChats instance;

        Client(UserId user, Token token, SyncMyChats instance) {
            this.user = user;
            this.token = token;
            this.instance = instance;
            copy = new SyncClient(user, this::answer);
        }

        Synced<Chat> ask() {
            return copy.ask(copy.request(SIZE));
        }

        void catchUp() {
            do {
                ask();
            } while (!copy.isUpToDate());
        }

        /** An outage is no answer, so the client asks again. */
        private Synced<Chat> answer(SyncRequest request) {
            long begun = System.nanoTime();
            while (true) {
                try {
                    return instance.syncMyChats(user, request, Long.MAX_VALUE);
                } catch (StorageUnavailableException e) {
                    if (System.nanoTime() - begun > TimeUnit.SECONDS.toNanos(20)) {
                        throw e;
                    }
                }
            }
        }

        @Override
        public String toString() {
            return user + " with a " + token;
        }
    }

    private final List<Client> clients = new ArrayList<>();

    /** The clients of an instance. Change each room of each user before they {@link #take} tokens. */
    TokenHolders(List<UserId> users, SyncDirectory giver) {
        SyncMyChats instance = new ChatSyncService(giver);
        for (UserId user : users) {
            for (Token token : Token.values()) {
                clients.add(new Client(user, token, instance));
            }
        }
        clients.stream().filter(client -> client.token == Token.DELTA).forEach(Client::catchUp);
    }

    /** Each client gets its token. */
    void take() {
        for (Client client : clients) {
            if (client.token == Token.STATE) {
                client.catchUp();
            } else {
                client.ask();
                assertFalse(client.copy.isUpToDate(), client::toString);
            }
        }
    }

    /** Each client shows its token to another instance and applies the answer. Returns those that got no reset. */
    List<String> show(SyncDirectory taker) {
        SyncMyChats instance = new ChatSyncService(taker);
        List<String> accepted = new ArrayList<>();
        for (Client client : clients) {
            client.instance = instance;
            if (!client.ask().isReset()) {
                accepted.add(client.toString());
            }
        }
        return accepted;
    }

    /** Each client goes on to the last page. Then its copy is what a fresh walk gives. */
    void assertNobodyWasToldALie(SyncDirectory truth) {
        for (Client client : clients) {
            client.catchUp();
            Client fresh = new Client(client.user, Token.WALK, new ChatSyncService(truth));
            fresh.catchUp();
            assertEquals(fresh.copy.chats(), client.copy.chats(), client::toString);
        }
    }
}
