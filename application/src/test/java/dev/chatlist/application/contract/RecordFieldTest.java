package dev.chatlist.application.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.chatlist.domain.UserId;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecordFieldTest {
    record Inner(String text, boolean flag) {}

    record Outer(UserId id, Inner inner, long number, List<UserId> ids) {}

    record Unknown(int number) {}

    private static final UserId ADA = new UserId("ada");
    private static final Outer BLANK = new Outer(ADA, new Inner("", false), 0, List.of());

    @Test
    void eachFieldIsSetAloneAndNamedByItsPath() {
        List<UserId> ids = List.of(new UserId("Outer.ids"));
        assertEquals(
                List.of(
                        new RecordField<>("Outer.id", new Outer(new UserId("Outer.id"), BLANK.inner, 0, List.of())),
                        new RecordField<>(
                                "Outer.inner.text", new Outer(ADA, new Inner("Outer.inner.text", false), 0, List.of())),
                        new RecordField<>("Outer.inner.flag", new Outer(ADA, new Inner("", true), 0, List.of())),
                        new RecordField<>("Outer.number", new Outer(ADA, BLANK.inner, 1643444610000000003L, List.of())),
                        new RecordField<>("Outer.ids", new Outer(ADA, BLANK.inner, 0, ids))),
                RecordField.of(BLANK));
    }

    @Test
    void aFieldOfAnUnknownTypeIsNamed() {
        Exception e = assertThrows(IllegalStateException.class, () -> RecordField.of(new Unknown(0)));
        assertEquals("RecordField needs to learn how to set Unknown.number of int", e.getMessage());
    }
}
