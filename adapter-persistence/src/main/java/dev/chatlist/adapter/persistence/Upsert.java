package dev.chatlist.adapter.persistence;

import static java.util.stream.Collectors.toMap;
import static org.jooq.impl.DSL.condition;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.list;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.row;
import static org.jooq.impl.DSL.table;
import static org.jooq.impl.DSL.val;

import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.TableField;
import org.jooq.impl.DSL;

/**
 * Writes any number of values to a table in one statement, whose text is always the same: few come as parameters, one
 * array a column, and many are staged. A row that is there already is replaced if it differs, and else left alone, so that triggers see changes
 * only. Rows are written in order of their key, so that two writers of the same rows queue instead of deadlocking.
 *
 * @param <T> the values, of which no two may have the same key
 */
final class Upsert<T> {
    private enum Role {
        KEY,
        WRITTEN_ONCE,
        REPLACED
    }

    private record Column<T, V>(
            Role role,
            TableField<Record, ?> column,
            Class<V> type,
            Function<T, V> value,
            UnaryOperator<Field<?>> read) {
        Field<?> parameter(Collection<T> values) {
            @SuppressWarnings("unchecked") // newInstance can't say it
            V[] array = (V[]) Array.newInstance(type, values.size());
            return val(values.stream().map(value).toList().toArray(array));
        }

        Field<?> given() {
            return read.apply(field(name("given", column.getName()), type));
        }
    }

    private final Table<Record> table;
    private final List<Column<T, ?>> columns = new ArrayList<>();

    private Upsert(Table<Record> table) {
        this.table = table;
    }

    static <T> Upsert<T> into(Table<Record> table) {
        return new Upsert<>(table);
    }

    /** A column that tells rows apart. */
    <V> Upsert<T> key(TableField<Record, V> column, Function<T, V> value) {
        return with(Role.KEY, column, column.getType(), value, given -> given);
    }

    /** A column that keeps what was written first. */
    <V> Upsert<T> setOnce(TableField<Record, V> column, Function<T, V> value) {
        return with(Role.WRITTEN_ONCE, column, column.getType(), value, given -> given);
    }

    /** A column that shows what was written last. */
    <V> Upsert<T> set(TableField<Record, V> column, Function<T, V> value) {
        return with(Role.REPLACED, column, column.getType(), value, given -> given);
    }

    /** Like {@link #set}, of lists, which travel as lines: an array of arrays would have to be rectangular. */
    Upsert<T> setLines(TableField<Record, String[]> column, Function<T, String> lines) {
        return with(
                Role.REPLACED,
                column,
                String.class,
                lines,
                given -> field("string_to_array({0}, E'\\n')", String[].class, given));
    }

    private <V> Upsert<T> with(
            Role role,
            TableField<Record, ?> column,
            Class<V> type,
            Function<T, V> value,
            UnaryOperator<Field<?>> read) {
        columns.add(new Column<>(role, column, type, value, read));
        return this;
    }

    /** @param stageFrom how many values are {@link Staging staged}, where that is possible */
    void execute(DSLContext jooq, Collection<T> values, int stageFrom) {
        if (!values.isEmpty()) {
            boolean staged = values.size() >= stageFrom && Staging.isPossible(jooq);
            execute(jooq, staged ? staging().fill(jooq, values) : unnested(values));
        }
    }

    private Staging<T> staging() {
        return new Staging<>(
                table.getName(),
                columns.stream()
                        .<Field<?>>map(column -> field(name(column.column().getName()), column.type()))
                        .toList(),
                columns.stream().<Function<T, ?>>map(Column::value).toList());
    }

    private Table<Record> unnested(Collection<T> values) {
        Field<?>[] parameters =
                columns.stream().map(column -> column.parameter(values)).toArray(Field<?>[]::new);
        return table("unnest({0})", list(parameters));
    }

    private void execute(DSLContext jooq, Table<Record> source) {
        String[] names =
                columns.stream().map(column -> column.column().getName()).toArray(String[]::new);
        List<Field<?>> givens = columns.stream().<Field<?>>map(Column::given).toList();
        List<Field<?>> keys = columns(Role.KEY);
        List<Field<?>> replaced = columns(Role.REPLACED);

        var insert = jooq.insertInto(table)
                .columns(columns(Role.values()))
                .select(jooq.select(givens)
                        .from(source.as("given", names))
                        .orderBy(keys.stream()
                                .map(key -> field(name("given", key.getName())))
                                .toList()))
                .onConflict(keys);
        if (replaced.isEmpty()) {
            insert.doNothing().execute();
        } else {
            insert.doUpdate()
                    .set(replaced.stream().collect(toMap(column -> column, DSL::excluded)))
                    .where(differ(replaced))
                    .execute();
        }
    }

    private List<Field<?>> columns(Role... roles) {
        return columns.stream()
                .filter(column -> List.of(roles).contains(column.role()))
                .<Field<?>>map(Column::column)
                .toList();
    }

    private static Condition differ(List<Field<?>> columns) {
        return condition(
                "{0} is distinct from {1}",
                row(columns), row(columns.stream().map(DSL::excluded).toList()));
    }
}
