package dev.chatlist.application.violation;

import java.sql.SQLException;

public interface PortThrowsSql {
    void record() throws SQLException;
}
