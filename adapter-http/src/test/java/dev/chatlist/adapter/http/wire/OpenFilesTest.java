package dev.chatlist.adapter.http.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpenFilesTest {
    @ParameterizedTest
    @CsvSource({
        "10000, 1048576, 100, 10000",
        "10000, 4096, 100, 2972",
        "10000, 1024, 100, 668",
        "10000, 300, 100, 125",
        "10000, 128, 100, 16",
        "20, 1024, 100, 20"
    })
    void aQuarterOfTheFilesIsKeptForEverythingElse(int wanted, long limit, long open, int expected) {
        assertEquals(expected, OpenFiles.connections(wanted, limit, open));
    }
}
