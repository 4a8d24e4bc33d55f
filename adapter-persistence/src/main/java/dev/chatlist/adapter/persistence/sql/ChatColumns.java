package dev.chatlist.adapter.persistence.sql;

import dev.chatlist.adapter.persistence.sql.PreparedQuery.Rows;
import dev.chatlist.adapter.persistence.sql.jooq.tables.Messages;
import dev.chatlist.adapter.persistence.sql.jooq.tables.Rooms;
import dev.chatlist.domain.Message;
import dev.chatlist.domain.Message.OpenseaItem;
import dev.chatlist.domain.MessageId;
import dev.chatlist.domain.Room;
import dev.chatlist.domain.Room.OpenseaCollection;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.UserId;
import java.sql.SQLException;
import java.util.List;
import org.jooq.SelectField;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/**
 * The columns of rooms and messages. Each list of columns stands beside the method that reads them, in the same order.
 * A user's columns are in {@link ProfileText}.
 */
final class ChatColumns {
    private ChatColumns() {}

    static List<SelectField<?>> ofRoom(Rooms rooms) {
        return List.of(
                rooms.NAME,
                rooms.DESCRIPTION,
                rooms.CREATOR_ID,
                rooms.IS_1V1,
                rooms.IS_OPENSEA_COLL,
                rooms.OPENSEA_COLL_NAME,
                rooms.OPENSEA_COLL_COVER,
                rooms.OPENSEA_COLL_SLUG,
                rooms.CREATED_AT);
    }

    static Room room(Rows row, RoomId id) throws SQLException {
        return new Room(
                id,
                row.text(),
                row.text(),
                new UserId(row.text()),
                row.flag(),
                row.flag(),
                collection(row),
                row.number());
    }

    /** Most rooms have no collection; they share one object. */
    private static OpenseaCollection collection(Rows row) throws SQLException {
        OpenseaCollection collection = new OpenseaCollection(row.text(), row.text(), row.text());
        return collection.equals(OpenseaCollection.NONE) ? OpenseaCollection.NONE : collection;
    }

    static List<SelectField<?>> ofMessage(Messages messages) {
        return List.of(
                messages.ID,
                messages.FROM_UID,
                messages.MSG_TYPE,
                messages.MSG_CONTENTS,
                messages.BELONG_TO_THREAD_ID,
                messages.IS_THREAD,
                messages.REPLY_TO_MSG_ID,
                messages.OPENSEA_ITEM_CONTRACT_ADDRESS,
                messages.OPENSEA_ITEM_NAME,
                messages.OPENSEA_ITEM_IMAGE_URL,
                // An id never holds a line break.
                DSL.field("array_to_string({0}, E'\\n')", String.class, messages.AT_USER_IDS)
                        .as(messages.AT_USER_IDS),
                messages.CREATED_AT);
    }

    /** Null where an outer join found no message. */
    static @Nullable Message message(Rows row, RoomId room) throws SQLException {
        String id = row.textOrNull();
        if (id == null) {
            return null;
        }
        return new Message(
                new MessageId(id),
                room,
                new UserId(row.text()),
                // Every message has a type, and there are only a few.
                row.text().intern(),
                row.text(),
                row.text(),
                row.flag(),
                row.text(),
                item(row),
                row.text().lines().map(UserId::new).toList(),
                row.number());
    }

    private static OpenseaItem item(Rows row) throws SQLException {
        OpenseaItem item = new OpenseaItem(row.text(), row.text(), row.text());
        return item.equals(OpenseaItem.NONE) ? OpenseaItem.NONE : item;
    }
}
