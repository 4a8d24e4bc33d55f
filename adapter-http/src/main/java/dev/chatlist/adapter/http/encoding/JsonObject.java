package dev.chatlist.adapter.http.encoding;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The fields of a type as JSON: their names, their order, and how each is read from a value. */
public final class JsonObject<T> {
    /** Stands where a value is inserted later. JSON text never contains this byte. */
    static final byte GAP = 0;

    private static final String GAP_TEXT = Character.toString(GAP);

    private static final JsonFactory JSON = new JsonFactoryBuilder()
            .rootValueSeparator(",")
            .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
            .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
            .build();

    private static final int MAX_SCRATCH_BYTES = 64 * 1024;
    private static final ThreadLocal<Scratch> SCRATCH = ThreadLocal.withInitial(Scratch::new);

    private final List<Field<T>> fields;

    record Field<T>(SerializedString name, Writer<T> writer) {
        private Field(String name, Writer<T> writer) {
            this(new SerializedString(name), writer);
        }
    }

    /** Writes a field with its name, or leaves it out. */
    private interface Writer<T> {
        void write(JsonGenerator json, SerializedString name, T object) throws IOException;
    }

    JsonObject(List<Field<T>> fields) {
        this.fields = fields;
    }

    /** The same fields, then one more. */
    JsonObject<T> with(Field<T> last) {
        return new JsonObject<>(Stream.concat(fields.stream(), Stream.of(last)).toList());
    }

    /** Writes UTF-8, with commas between values that aren't inside another. Closing it leaves the stream open. */
    public static JsonGenerator generator(OutputStream out) throws IOException {
        return JSON.createGenerator(out);
    }

    void write(JsonGenerator json, T object) throws IOException {
        json.writeStartObject();
        for (Field<T> field : fields) {
            field.writer.write(json, field.name, object);
        }
        json.writeEndObject();
    }

    byte[] bytes(T object) {
        return bytes(object, "");
    }

    byte[] bytesAfterComma(T object) {
        return bytes(object, ",");
    }

    private byte[] bytes(T object, String prefix) {
        Scratch scratch = SCRATCH.get();
        try {
            scratch.bytes.reset();
            scratch.json.writeRaw(prefix);
            write(scratch.json, object);
            scratch.json.flush();
            byte[] bytes = scratch.bytes.toByteArray();
            if (bytes.length > MAX_SCRATCH_BYTES) {
                SCRATCH.remove();
            }
            return bytes;
        } catch (IOException e) {
            SCRATCH.remove();
            throw new UncheckedIOException("writing to memory failed", e);
        } catch (RuntimeException | Error e) {
            // Half an object is in the generator.
            SCRATCH.remove();
            throw e;
        }
    }

    /** A generator that is used again: making one for each user would take 6 % longer. */
    private static final class Scratch {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(4096);
        private final JsonGenerator json;

        Scratch() {
            try {
                json = generator(bytes);
                json.setRootValueSeparator(null);
            } catch (IOException e) {
                throw new UncheckedIOException("no generator", e);
            }
        }
    }

    static <T> Field<T> text(String field, Function<T, String> text) {
        return new Field<>(field, (json, name, object) -> {
            json.writeFieldName(name);
            json.writeString(text.apply(object));
        });
    }

    /** Left out where it is empty. */
    static <T> Field<T> textIfSet(String field, Function<T, String> text) {
        return new Field<>(field, (json, name, object) -> {
            String set = text.apply(object);
            if (!set.isEmpty()) {
                json.writeFieldName(name);
                json.writeString(set);
            }
        });
    }

    static <T, E> Field<T> texts(String field, Function<T, List<E>> elements, Function<E, String> text) {
        return list(field, elements, (json, element) -> json.writeString(text.apply(element)));
    }

    static <T> Field<T> number(String field, ToLongFunction<T> number) {
        return new Field<>(field, (json, name, object) -> {
            json.writeFieldName(name);
            json.writeNumber(number.applyAsLong(object));
        });
    }

    static <T> Field<T> flag(String field, Predicate<T> flag) {
        return new Field<>(field, (json, name, object) -> {
            json.writeFieldName(name);
            json.writeBoolean(flag.test(object));
        });
    }

    /** {@code null} where there is none. */
    static <T, U> Field<T> object(String field, Function<T, @Nullable U> inner, JsonObject<U> fields) {
        return new Field<>(field, (json, name, object) -> {
            json.writeFieldName(name);
            U value = inner.apply(object);
            if (value == null) {
                json.writeNull();
            } else {
                fields.write(json, value);
            }
        });
    }

    static <T, E> Field<T> objects(String field, Function<T, List<E>> elements, JsonObject<E> fields) {
        return list(field, elements, fields::write);
    }

    private interface ElementWriter<E> {
        void write(JsonGenerator json, E element) throws IOException;
    }

    private static <T, E> Field<T> list(String field, Function<T, List<E>> elements, ElementWriter<E> writer) {
        return new Field<>(field, (json, name, object) -> {
            json.writeFieldName(name);
            json.writeStartArray();
            for (E element : elements.apply(object)) {
                writer.write(json, element);
            }
            json.writeEndArray();
        });
    }

    /** {@link #GAP} in place of the value. */
    static <T> Field<T> gap(String field) {
        return raw(field, GAP_TEXT);
    }

    /** A list with {@link #GAP} in place of its elements. */
    static <T> Field<T> gapInList(String field) {
        return raw(field, "[" + GAP_TEXT + "]");
    }

    private static <T> Field<T> raw(String field, String value) {
        return new Field<>(field, (json, name, object) -> {
            json.writeFieldName(name);
            json.writeRawValue(value);
        });
    }
}
