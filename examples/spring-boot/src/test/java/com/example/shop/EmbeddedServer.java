package com.example.shop;

import dev.chatlist.adapter.persistence.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.test.context.DynamicPropertyRegistrar;
import org.springframework.util.FileSystemUtils;

/** A PostgreSQL server of the tests' own, as Boot's DataSource. It ends after the DataSource, which is created later. */
@TestConfiguration(proxyBeanMethods = false)
class EmbeddedServer implements DisposableBean {
    private final Path directory;

    EmbeddedServer() throws IOException {
        directory = Files.createTempDirectory("shop");
    }

    @Bean
    EmbeddedPostgres postgres() {
        return EmbeddedPostgres.open(directory);
    }

    @Bean
    DynamicPropertyRegistrar connections(EmbeddedPostgres postgres) {
        return properties -> {
            properties.add("spring.datasource.url", postgres::jdbcUrl);
            properties.add("spring.datasource.username", postgres::user);
            properties.add("spring.datasource.password", postgres::password);
        };
    }

    @Override
    public void destroy() throws IOException {
        FileSystemUtils.deleteRecursively(directory);
    }
}
