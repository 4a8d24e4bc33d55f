package dev.chatlist.domain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PageRequestTest {
    @ParameterizedTest
    @CsvSource({
        "1, 20, 0",
        "2, 20, 20",
        "9223372036854775807, 1, 9223372036854775806",
        "9223372036854776, 1000, 9223372036854775000",
        // The next page's offset is 9,223,372,036,854,776,000: greater than any long.
        "9223372036854777, 1000, 9223372036854775807",
        "9223372036854775807, 1000, 9223372036854775807",
    })
    void offsetNeverOverflows(long page, int size, long offset) {
        assertEquals(offset, new PageRequest(page, size).offset());
    }

    @Test
    void pageAndSizeOutOfRangeAreRejected() {
        assertRejected("page must be 1 or more, it is 0", 0, 20);
        assertRejected("size must be 1 to 1000, it is 0", 1, 0);
        assertRejected("size must be 1 to 1000, it is 1001", 1, 1001);
    }

    private static void assertRejected(String message, long page, int size) {
        Exception e = assertThrows(IllegalArgumentException.class, () -> new PageRequest(page, size));
        assertEquals(message, e.getMessage());
    }
}
