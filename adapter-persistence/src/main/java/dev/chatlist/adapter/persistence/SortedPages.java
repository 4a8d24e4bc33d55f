package dev.chatlist.adapter.persistence;

import static dev.chatlist.adapter.persistence.sql.jooq.Tables.MEMBERSHIPS;
import static dev.chatlist.adapter.persistence.sql.jooq.Tables.ROOM_ACTIVITY;

import dev.chatlist.application.RoomVersion;
import dev.chatlist.domain.PageRequest;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.UserId;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;

/** Has the database join and sort a user's rooms for each page, which costs in proportion to their number. */
final class SortedPages implements Pages {
    private final Query page;

    SortedPages(DataSource connections, DSLContext jooq) {
        page = Query.of(
                connections,
                jooq,
                "read a page",
                DSL.select(ROOM_ACTIVITY.ROOM_ID, ROOM_ACTIVITY.VERSION)
                        .from(MEMBERSHIPS)
                        .join(ROOM_ACTIVITY)
                        .on(ROOM_ACTIVITY.ROOM_ID.eq(MEMBERSHIPS.ROOM_ID))
                        .where(MEMBERSHIPS.USER_ID.eq(""))
                        .orderBy(ROOM_ACTIVITY.LAST_ACTIVITY.desc(), ROOM_ACTIVITY.ROOM_ID.desc())
                        .limit(DSL.val(0L))
                        .offset(DSL.val(0L)));
    }

    @Override
    public List<RoomVersion> page(UserId member, PageRequest request) {
        return page.ask(
                rows -> {
                    List<RoomVersion> page = new ArrayList<>();
                    while (rows.next()) {
                        page.add(new RoomVersion(new RoomId(rows.text()), rows.number()));
                    }
                    return page;
                },
                member.value(),
                // PostgreSQL's dialect puts the offset first.
                request.offset(),
                (long) request.size());
    }
}
