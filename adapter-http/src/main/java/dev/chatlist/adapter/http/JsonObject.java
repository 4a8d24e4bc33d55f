package dev.chatlist.adapter.http;

import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * How values of a type are written as JSON objects: which fields, in which order, each from what. The first field is
 * one that is always there.
 */
final class JsonObject<T> {
    private static final byte[] TRUE = JsonBytes.ascii("true");
    private static final byte[] FALSE = JsonBytes.ascii("false");
    private static final byte[] NULL = JsonBytes.ascii("null");

    private final List<Field<T>> fields;
    /** Of each field, everything up to its value. */
    private final byte[][] starts;

    record Field<T>(String name, Writer<T> writer) {}

    /** Writes a field of the object, or nothing. */
    private interface Writer<T> {
        void write(JsonBytes json, byte[] start, T object);
    }

    JsonObject(List<Field<T>> fields) {
        this.fields = fields;
        starts = new byte[fields.size()][];
        for (int i = 0; i < starts.length; i++) {
            starts[i] = JsonBytes.ascii((i == 0 ? "{\"" : ",\"") + fields.get(i).name + "\":");
        }
    }

    void write(JsonBytes json, T object) {
        for (int i = 0; i < starts.length; i++) {
            fields.get(i).writer.write(json, starts[i], object);
        }
        json.raw('}');
    }

    static <T> Field<T> text(String name, Function<T, String> text) {
        return new Field<>(name, (json, start, object) -> json.raw(start).text(text.apply(object)));
    }

    /** Left out where it is empty. */
    static <T> Field<T> textIfSet(String name, Function<T, String> text) {
        return new Field<>(name, (json, start, object) -> {
            String set = text.apply(object);
            if (!set.isEmpty()) {
                json.raw(start).text(set);
            }
        });
    }

    static <T, E> Field<T> texts(String name, Function<T, List<E>> elements, Function<E, String> text) {
        return list(name, elements, (json, element) -> json.text(text.apply(element)));
    }

    static <T> Field<T> number(String name, ToLongFunction<T> number) {
        return new Field<>(name, (json, start, object) -> json.raw(start).number(number.applyAsLong(object)));
    }

    static <T> Field<T> flag(String name, Predicate<T> flag) {
        return new Field<>(name, (json, start, object) -> json.raw(start).raw(flag.test(object) ? TRUE : FALSE));
    }

    /** {@code null} where there is none. */
    static <T, U> Field<T> object(String name, Function<T, @Nullable U> inner, JsonObject<U> fields) {
        return new Field<>(name, (json, start, object) -> {
            json.raw(start);
            U value = inner.apply(object);
            if (value == null) {
                json.raw(NULL);
            } else {
                fields.write(json, value);
            }
        });
    }

    static <T, E> Field<T> objects(String name, Function<T, List<E>> elements, JsonObject<E> fields) {
        return list(name, elements, fields::write);
    }

    private static <T, E> Field<T> list(String name, Function<T, List<E>> elements, BiConsumer<JsonBytes, E> writer) {
        return new Field<>(name, (json, start, object) -> {
            json.raw(start).raw('[');
            boolean first = true;
            for (E element : elements.apply(object)) {
                if (!first) {
                    json.raw(',');
                }
                writer.accept(json, element);
                first = false;
            }
            json.raw(']');
        });
    }

    /** A value that is left out here, to be put in later. */
    static <T> Field<T> gap(String name) {
        return new Field<>(name, (json, start, object) -> json.raw(start).gap());
    }

    /** A list whose elements are left out here, to be put in later. */
    static <T> Field<T> gapInList(String name) {
        return new Field<>(
                name, (json, start, object) -> json.raw(start).raw('[').gap().raw(']'));
    }
}
