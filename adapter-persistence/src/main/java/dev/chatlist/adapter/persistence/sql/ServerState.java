package dev.chatlist.adapter.persistence.sql;

import static dev.chatlist.adapter.persistence.sql.jooq.Tables.DEPARTURES;
import static dev.chatlist.adapter.persistence.sql.jooq.Tables.EPOCH;
import static dev.chatlist.adapter.persistence.sql.jooq.Tables.MEMBERSHIPS;
import static dev.chatlist.adapter.persistence.sql.jooq.Tables.MEMBERSHIP_CHANGES;
import static dev.chatlist.adapter.persistence.sql.jooq.Tables.MESSAGES;
import static dev.chatlist.adapter.persistence.sql.jooq.Tables.ROOMS;
import static dev.chatlist.adapter.persistence.sql.jooq.Tables.ROOM_ACTIVITY;
import static dev.chatlist.adapter.persistence.sql.jooq.Tables.USERS;

import dev.chatlist.adapter.persistence.sql.PreparedQuery.Rows;
import dev.chatlist.adapter.persistence.sql.jooq.Chatlist;
import dev.chatlist.application.StorageUnavailableException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.stream.Stream;
import org.jooq.Field;
import org.jooq.ResultQuery;
import org.jooq.Table;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the database can serve requests: it answers, and its tables have the columns that this release reads. On a
 * standby also how old its data may be, which is logged when it becomes much or little.
 */
public final class ServerState {
    private static final Logger LOG = LoggerFactory.getLogger(ServerState.class);
    private static final Duration NOTABLE = Duration.ofSeconds(10);
    private static final Duration SLIGHT = Duration.ofSeconds(2);
    private static final Duration UNKNOWN = Duration.ofMillis(Long.MAX_VALUE);

    private final PreparedQuery question;

    /** When the standby was last seen to have everything from its primary, by {@link System#nanoTime}. */
    private @Nullable Long upToDate;

    private boolean wasStandby;
    private boolean wasBehind;

    public ServerState(SchemaConnections connections) {
        question = connections.prepare("read the tables, which another release may have changed", selectState());
    }

    /**
     * Asks the database.
     *
     * @return {@code ok}, or for a standby also how far it is behind, in one line
     * @throws StorageUnavailableException if the database doesn't answer, or this release can't read its tables
     */
    public String check() {
        return note(question.ask(rows -> {
            rows.next();
            return Answer.read(rows);
        }));
    }

    private static ResultQuery<?> selectState() {
        return DSL.select(
                DSL.field("pg_is_in_recovery()"),
                // No LSN was received if the standby reads its primary's archive instead of connecting to it.
                DSL.field("coalesce(pg_last_wal_replay_lsn() >= pg_last_wal_receive_lsn(), true)"),
                DSL.field("EXISTS (SELECT FROM pg_stat_wal_receiver)"),
                DSL.field("CASE WHEN pg_is_in_recovery() THEN pg_is_wal_replay_paused() ELSE false END"),
                DSL.field("coalesce((1000 * extract(epoch FROM"
                        + " clock_timestamp() - pg_last_xact_replay_timestamp()))::bigint, "
                        + UNKNOWN.toMillis() + ")"),
                columns(USERS, USERS.USER_ID, USERS.PROFILE),
                columns(ROOMS, ROOMS.fields()),
                columns(MEMBERSHIPS, MEMBERSHIPS.fields()),
                columns(MESSAGES, MESSAGES.fields()),
                columns(ROOM_ACTIVITY, ROOM_ACTIVITY.fields()),
                columns(MEMBERSHIP_CHANGES, MEMBERSHIP_CHANGES.fields()),
                columns(DEPARTURES, DEPARTURES.fields()),
                columns(
                        EPOCH,
                        EPOCH.SECRET,
                        EPOCH.FORGOTTEN,
                        DSL.field("{0}.enter_epoch()", String.class, Chatlist.CHATLIST)));
    }

    /**
     * Never true. The server looks up the columns, and whether their types are ours, when it plans the statement; it
     * reads no row.
     */
    private static Field<Boolean> columns(Table<?> table, Field<?>... columns) {
        Field<?>[] types = Stream.of(columns)
                .map(column -> DSL.castNull(column.getDataType()))
                .toArray(Field<?>[]::new);
        return DSL.field(DSL.exists(DSL.select(columns)
                .from(table)
                .where(DSL.falseCondition())
                .unionAll(DSL.select(types).where(DSL.falseCondition()))));
    }

    private synchronized String note(Answer answer) {
        if (answer.isStandby != wasStandby) {
            LOG.info(answer.isStandby ? "The database is a read-only standby" : "The database is no longer a standby");
            wasStandby = answer.isStandby;
            wasBehind = false;
        }
        Duration behind = behind(answer);
        if (!wasBehind && behind.compareTo(NOTABLE) >= 0) {
            LOG.warn("The standby is {}{}", text(behind), answer.reason());
            wasBehind = true;
        } else if (wasBehind && behind.compareTo(SLIGHT) <= 0) {
            LOG.info("The standby has caught up with its primary");
            wasBehind = false;
        }
        return answer.isStandby ? "ok, from a standby that is " + text(behind) + answer.reason() : "ok";
    }

    /** At most this much is missing. A standby has everything that was committed before what it has replayed. */
    private Duration behind(Answer answer) {
        long now = System.nanoTime();
        if (answer.hasEverything()) {
            upToDate = now;
        }
        Duration sinceUpToDate = upToDate == null ? UNKNOWN : Duration.ofNanos(now - upToDate);
        return sinceUpToDate.compareTo(answer.sinceReplay) < 0 ? sinceUpToDate : answer.sinceReplay;
    }

    private static String text(Duration behind) {
        return behind.equals(UNKNOWN) ? "behind by an unknown time" : behind.toSeconds() + " s behind";
    }

    /**
     * What a database says of itself. All but the first are about standbys.
     *
     * @param sinceReplay the time since the last commit that was replayed
     */
    private record Answer(
            boolean isStandby, boolean hasReplayedAll, boolean isReceiving, boolean isPaused, Duration sinceReplay) {
        private static Answer read(Rows row) throws SQLException {
            return new Answer(
                    row.flag(), row.flag(), row.flag(), row.flag(), Duration.ofMillis(Math.max(0, row.number())));
        }

        /** Without a connection to the primary, a standby can't know what it lacks. */
        boolean hasEverything() {
            return !isStandby || (hasReplayedAll && isReceiving);
        }

        String reason() {
            if (isPaused) {
                return ", its replay is paused";
            }
            return isReceiving ? "" : ", it isn't connected to its primary";
        }
    }
}
