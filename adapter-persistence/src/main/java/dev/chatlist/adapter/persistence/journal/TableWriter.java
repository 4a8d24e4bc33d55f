package dev.chatlist.adapter.persistence.journal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.toMap;
import static org.jooq.impl.DSL.condition;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.insertInto;
import static org.jooq.impl.DSL.lateral;
import static org.jooq.impl.DSL.list;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.row;
import static org.jooq.impl.DSL.table;
import static org.jooq.impl.DSL.update;
import static org.jooq.impl.DSL.val;
import static org.jooq.impl.DSL.values;

import java.lang.reflect.Array;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.InsertOnDuplicateStep;
import org.jooq.Record;
import org.jooq.RowCountQuery;
import org.jooq.Table;
import org.jooq.TableField;
import org.jooq.impl.DSL;

/**
 * Writes any number of values to one table by one statement: an upsert with one array parameter for each column, so
 * that its text never changes, or {@link BulkCopy COPY} where that is faster.
 *
 * <p>A stored row is replaced only if it differs, so that triggers see real changes only. Rows are written in order of
 * their keys, by code point, so that two writers of the same rows queue instead of deadlocking.
 *
 * @param <T> the type of a row's value; no two values of one call may have the same key
 */
final class TableWriter<T> {
    private enum Role {
        KEY,
        WRITTEN_ONCE,
        REPLACED
    }

    private static final Comparator<String> BY_CODE_POINT =
            (a, b) -> Arrays.compareUnsigned(a.getBytes(UTF_8), b.getBytes(UTF_8));

    /**
     * @param parameter turns a cell into an element of the array parameter
     * @param read the SQL that turns the element back into a cell
     */
    private record Column<T, V, P>(
            Role role,
            TableField<Record, V> column,
            Function<T, V> cell,
            Class<P> type,
            Function<V, P> parameter,
            UnaryOperator<Field<?>> read) {
        Field<?> parameter(Collection<T> values) {
            @SuppressWarnings("unchecked") // Array.newInstance returns Object
            P[] array = (P[]) Array.newInstance(type, values.size());
            return val(values.stream().map(cell.andThen(parameter)).toList().toArray(array));
        }

        Field<?> given() {
            return read.apply(field(name("given", column.getName()), type));
        }
    }

    private final Table<Record> table;
    private final List<Column<T, ?, ?>> columns = new ArrayList<>();

    private TableWriter(Table<Record> table) {
        this.table = table;
    }

    static <T> TableWriter<T> into(Table<Record> table) {
        return new TableWriter<>(table);
    }

    /** A column of the primary key. */
    TableWriter<T> key(TableField<Record, String> column, Function<T, String> cell) {
        return with(Role.KEY, column, cell);
    }

    /** A column that keeps its first value. */
    <V> TableWriter<T> setOnce(TableField<Record, V> column, Function<T, V> cell) {
        return with(Role.WRITTEN_ONCE, column, cell);
    }

    /** A column that takes the latest value. */
    <V> TableWriter<T> set(TableField<Record, V> column, Function<T, V> cell) {
        return with(Role.REPLACED, column, cell);
    }

    /**
     * Like {@link #set}, for a list of ids. They travel as lines of one text: PostgreSQL wants an array of arrays to be
     * rectangular, and an id never holds a line break.
     */
    TableWriter<T> setIds(TableField<Record, String[]> column, Function<T, String[]> cell) {
        UnaryOperator<Field<?>> read = given -> field("string_to_array({0}, E'\\n')", String[].class, given);
        columns.add(new Column<>(Role.REPLACED, column, cell, String.class, ids -> String.join("\n", ids), read));
        return this;
    }

    private <V> TableWriter<T> with(Role role, TableField<Record, V> column, Function<T, V> cell) {
        columns.add(new Column<>(role, column, cell, column.getType(), value -> value, given -> given));
        return this;
    }

    void write(BulkCopy copy, Collection<T> values) throws SQLException {
        if (values.isEmpty()) {
            return;
        }
        boolean copied = copy.suits(table, values)
                && copy.write(table, columns(Role.values()), rows(values), jooq -> storesAny(jooq, values));
        if (!copied) {
            upsert(copy.jooq(), values);
        }
    }

    /** The cells of a row, in the order of the columns. */
    Object[] cells(T value) {
        return columns.stream().map(column -> column.cell().apply(value)).toArray();
    }

    /** Sorted by key. The key columns are the first ones. */
    private List<Object[]> rows(Collection<T> values) {
        List<Object[]> rows = new ArrayList<>(values.size());
        for (T value : values) {
            rows.add(cells(value));
        }
        Comparator<Object[]> order = Comparator.comparing(row -> (String) row[0], BY_CODE_POINT);
        for (int i = 1; i < columns(Role.KEY).size(); i++) {
            int key = i;
            order = order.thenComparing(row -> (String) row[key], BY_CODE_POINT);
        }
        rows.sort(order);
        return rows;
    }

    private boolean storesAny(DSLContext jooq, Collection<T> values) {
        List<Column<T, ?, ?>> keys =
                columns.stream().filter(column -> column.role() == Role.KEY).toList();
        return jooq.fetchExists(jooq.selectOne()
                .from(given(keys, values))
                .crossJoin(lateral(jooq.selectOne()
                                .from(table)
                                .where(row(columns(Role.KEY))
                                        .eq(row(keys.stream().map(Column::given).toList())))
                                .limit(inline(1)))
                        .as("found")));
    }

    private Table<Record> given(List<Column<T, ?, ?>> columns, Collection<T> values) {
        Field<?>[] parameters =
                columns.stream().map(column -> column.parameter(values)).toArray(Field<?>[]::new);
        return table("unnest({0})", list(parameters)).as("given", names(columns));
    }

    private String[] names(List<Column<T, ?, ?>> columns) {
        return columns.stream().map(column -> column.column().getName()).toArray(String[]::new);
    }

    private void upsert(DSLContext jooq, Collection<T> values) {
        List<Field<?>> givens = columns.stream().<Field<?>>map(Column::given).toList();
        orReplace(jooq.insertInto(table)
                        .columns(columns(Role.values()))
                        .select(jooq.select(givens)
                                .from(given(columns, values))
                                .orderBy(columns(Role.KEY).stream()
                                        .map(key -> field(name("given", key.getName()), String.class)
                                                .collate("C"))
                                        .toList())))
                .execute();
    }

    /** Writes one row. Its parameters are the row's {@link #cells}. */
    RowCountQuery upsertOne() {
        return orReplace(insertInto(table).columns(columns(Role.values())).values(parameters()));
    }

    private RowCountQuery orReplace(InsertOnDuplicateStep<Record> insert) {
        List<Field<?>> replaced = columns(Role.REPLACED);
        var onConflict = insert.onConflict(columns(Role.KEY));
        return replaced.isEmpty()
                ? onConflict.doNothing()
                : onConflict
                        .doUpdate()
                        .set(replaced.stream().collect(toMap(column -> column, DSL::excluded)))
                        .where(differ(replaced, DSL::excluded));
    }

    /** Replaces a stored row. Its parameters are the row's {@link #cells}. */
    RowCountQuery updateOne() {
        List<Field<?>> replaced = columns(Role.REPLACED);
        Function<Field<?>, Field<?>> given = column -> field(name("given", column.getName()), column.getType());
        return update(table)
                .set(replaced.stream().collect(toMap(column -> column, given)))
                .from(values(row(parameters())).as("given", names(columns)))
                .where(columns(Role.KEY).stream()
                        .map(key -> condition("{0} = {1}", key, given.apply(key)))
                        .toList())
                .and(differ(replaced, given));
    }

    private List<Field<?>> parameters() {
        return columns.stream()
                .<Field<?>>map(column -> val(null, column.column().getDataType()))
                .toList();
    }

    private List<Field<?>> columns(Role... roles) {
        return columns.stream()
                .filter(column -> List.of(roles).contains(column.role()))
                .<Field<?>>map(Column::column)
                .toList();
    }

    private static Condition differ(List<Field<?>> columns, Function<Field<?>, Field<?>> other) {
        return condition(
                "{0} is distinct from {1}",
                row(columns), row(columns.stream().map(other).toList()));
    }
}
