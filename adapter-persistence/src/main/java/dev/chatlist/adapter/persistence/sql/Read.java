package dev.chatlist.adapter.persistence.sql;

import dev.chatlist.adapter.persistence.sql.PreparedQuery.RowReader;
import dev.chatlist.adapter.persistence.sql.PreparedQuery.Rows;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a statement has read.
 *
 * @param run the run of the server that answered
 */
public record Read<T>(String run, List<T> rows) {
    static <T> Read<T> of(Rows rows, RowReader<T> row) throws SQLException {
        List<T> list = new ArrayList<>();
        while (rows.next()) {
            list.add(row.read(rows));
        }
        return new Read<>(rows.run(), list);
    }
}
