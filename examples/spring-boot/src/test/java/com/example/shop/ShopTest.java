package com.example.shop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatlist.adapter.persistence.embedded.EmbeddedPostgres;
import dev.chatlist.domain.TextLimit;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.config.DestructionAwareBeanPostProcessor;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@Import(EmbeddedServer.class)
class ShopTest {
    @Autowired
    JdbcClient jdbc;

    @Autowired
    EmbeddedPostgres postgres;

    @LocalServerPort
    int port;

    @Test
    void aCommittedOrderShowsInTheChatList() throws Exception {
        String order = send("POST", "/users/ada/orders?item=rope", "A red one, please", 201);
        assertEquals(
                "[{\"room\":\"%s\",\"members\":[\"ada\",\"The shop\"],\"latest\":\"A red one, please\"}]"
                        .formatted(order),
                chatsOf("ada"));
        assertEquals(1, ordersOf("ada"));
        assertEquals("[]", chatsOf("bob"));
    }

    @Test
    void anOrderThatFailsAfterItsMessageWasRecordedLeavesNeither() throws Exception {
        assertEquals("the shop has no such item", send("POST", "/users/eve/orders?item=tent", "Hurry!", 409));
        assertEquals(0, ordersOf("eve"));
        assertEquals("[]", chatsOf("eve"));
    }

    @Test
    void anOrderWhoseMessageIsRejectedLeavesNeither() throws Exception {
        String tooLong = "x".repeat(TextLimit.DEFAULT.maxBytes() + 1);
        assertEquals(
                "msg_contents must have at most 1048576 bytes of UTF-8, it has 1048577",
                send("POST", "/users/fay/orders?item=rope", tooLong, 400));
        assertEquals(0, ordersOf("fay"));
        assertEquals("[]", chatsOf("fay"));
    }

    @Test
    void aPageOutOfRangeIsABadRequest() throws Exception {
        assertEquals("page must be 1 or more, it is 0", send("GET", "/users/ada/chats?page=0", "", 400));
    }

    @Test
    void bootsMigrationsAndChatlistsHaveHistoriesOfTheirOwn() {
        assertEquals(
                List.of("chatlist R__derivation.sql", "chatlist V1__tables.sql", "public V1__orders.sql"),
                jdbc.sql("""
                        SELECT 'chatlist ' || script FROM chatlist.flyway_schema_history WHERE type = 'SQL'
                        UNION ALL
                        SELECT 'public ' || script FROM public.flyway_schema_history WHERE type = 'SQL'
                        ORDER BY 1""").query(String.class).list());
    }

    @Test
    void chatlistIsClosedBeforeTheDataSource() {
        ConfigurableApplicationContext second = new SpringApplicationBuilder(ShopApplication.class, Closing.class)
                .run(
                        "--server.port=0",
                        "--spring.datasource.url=" + postgres.jdbcUrl(),
                        "--spring.datasource.username=" + postgres.user(),
                        "--spring.datasource.password=" + postgres.password());
        List<String> closed = second.getBean(Closing.class).beans;
        second.close();
        int chatlist = closed.indexOf("chatDatabase");
        assertTrue(0 <= chatlist && chatlist < closed.indexOf("dataSource"), () -> "in this order: " + closed);
    }

    /** Notes the names of beans in the order in which they are closed. */
    static class Closing implements DestructionAwareBeanPostProcessor {
        final List<String> beans = new ArrayList<>();

        @Override
        public void postProcessBeforeDestruction(Object bean, String name) {
            beans.add(name);
        }
    }

    private int ordersOf(String customer) {
        return jdbc.sql("SELECT count(*) FROM orders WHERE customer = ?")
                .param(customer)
                .query(Integer.class)
                .single();
    }

    private String chatsOf(String user) throws Exception {
        return send("GET", "/users/%s/chats".formatted(user), "", 200);
    }

    private String send(String method, String path, String body, int status) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                .method(method, BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> response = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
        assertEquals(status, response.statusCode(), response.body());
        return response.body();
    }
}
