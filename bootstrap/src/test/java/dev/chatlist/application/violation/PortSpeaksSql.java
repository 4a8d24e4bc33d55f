package dev.chatlist.application.violation;

import dev.chatlist.domain.RoomId;
import java.sql.ResultSet;
import java.util.function.Function;

public interface PortSpeaksSql {
    RoomId room(Function<ResultSet, String> column);
}
