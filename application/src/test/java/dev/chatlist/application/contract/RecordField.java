package dev.chatlist.application.contract;

import dev.chatlist.domain.Message;
import dev.chatlist.domain.Room;
import dev.chatlist.domain.User;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A field of a {@link User}, {@link Room} or {@link Message}, found by reflection, so that a test over all fields also
 * covers those added later.
 *
 * @param name the path to the field, such as {@code User.nickName} or {@code User.twitter.avatar}
 * @param value a record in which this field alone differs from the record given to {@link #of}. A text or an id is then
 *     the field's name; a number is greater than 10<sup>18</sup> and no other field's; a flag is the opposite.
 */
public record RecordField<R extends Record>(String name, R value) {

    /** All fields in order of declaration. A nested record stands for its own fields; an id is one field. */
    public static <R extends Record> List<RecordField<R>> of(R blank) {
        List<RecordField<R>> fields = new ArrayList<>();
        collect(blank, blank.getClass().getSimpleName(), fields);
        return fields;
    }

    @Override
    public String toString() {
        return name;
    }

    private static <R extends Record> void collect(R blank, String path, List<RecordField<R>> fields) {
        RecordComponent[] components = blank.getClass().getRecordComponents();
        for (int i = 0; i < components.length; i++) {
            String name = path + "." + components[i].getName();
            Object unset = valuesOf(blank)[i];
            if (unset instanceof Record nested && !isId(nested.getClass())) {
                List<RecordField<Record>> inner = new ArrayList<>();
                collect(nested, name, inner);
                for (RecordField<Record> field : inner) {
                    fields.add(new RecordField<>(field.name(), with(blank, i, field.value())));
                }
            } else {
                Object set = set(components[i].getGenericType(), unset, name, i);
                fields.add(new RecordField<>(name, with(blank, i, set)));
            }
        }
    }

    private static Object set(Type type, Object unset, String name, int position) {
        if (type == String.class) {
            return name;
        }
        if (type == long.class) {
            return 1_643_444_610_000_000_001L + position;
        }
        if (type == boolean.class) {
            return !(boolean) unset;
        }
        if (type instanceof Class<?> id && isId(id)) {
            return create(id, name);
        }
        if (type instanceof ParameterizedType list && list.getRawType() == List.class) {
            return List.of(set(list.getActualTypeArguments()[0], unset, name, position));
        }
        throw new IllegalStateException("RecordField needs to learn how to set %s of %s".formatted(name, type));
    }

    private static boolean isId(Class<?> type) {
        return type.isRecord() && type.getRecordComponents().length == 1;
    }

    private static <R extends Record> R with(R blank, int position, Object value) {
        Object[] values = valuesOf(blank);
        values[position] = value;
        @SuppressWarnings("unchecked") // the class of a record of type R
        Class<R> type = (Class<R>) blank.getClass();
        return create(type, values);
    }

    private static Object[] valuesOf(Record blank) {
        RecordComponent[] components = blank.getClass().getRecordComponents();
        Object[] values = new Object[components.length];
        for (int i = 0; i < values.length; i++) {
            try {
                values[i] = components[i].getAccessor().invoke(blank);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        }
        return values;
    }

    private static <T> T create(Class<T> type, Object... values) {
        Class<?>[] types = Stream.of(type.getRecordComponents())
                .map(RecordComponent::getType)
                .toArray(Class<?>[]::new);
        try {
            return type.getDeclaredConstructor(types).newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
