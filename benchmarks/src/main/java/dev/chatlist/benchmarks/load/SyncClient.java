package dev.chatlist.benchmarks.load;

import dev.chatlist.benchmarks.load.Answer.End;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A client of one user that walks through the list, and then asks what has changed. */
public final class SyncClient {
    private final HttpConnection connection;
    private final String token;
    private final String limit;
    private final Answer answer = new Answer();

    /** Where the walk or delta goes on; null after its last page. */
    private @Nullable String cursor;

    private String state = "";
    private int count;
    private int resets;
    private long sentAt;
    private long answeredAt;

    /**
     * Begins with nothing.
     *
     * @param members how many members of each room to show
     */
    public SyncClient(HttpConnection connection, String token, int members) {
        this.connection = connection;
        this.token = token;
        this.limit = ",\"members_limit\":" + members;
    }

    /** Asks for a page by its number. */
    public void page(int number, int size) throws IOException {
        ask("{\"page\":%d,\"size\":%d%s}".formatted(number, size, limit));
    }

    /** Asks for the first page of a walk. */
    public void begin(int size) throws IOException {
        cursor = "";
        goOn(size);
    }

    /** Asks for the next page. After the last one, asks for the delta. */
    public void goOn(int size) throws IOException {
        End end = cursor == null
                ? ask("{\"since\":\"%s\",\"size\":%d%s}".formatted(state, size, limit))
                : ask("{\"cursor\":\"%s\",\"size\":%d%s}".formatted(cursor, size, limit));
        cursor = end.nextCursor();
        state = end.state();
        resets += end.isReset() ? 1 : 0;
    }

    /** Begins a walk and passes this many rooms, or all if there are no more. */
    public void pass(int rooms, int size) throws IOException {
        begin(size);
        for (int passed = size; passed < rooms && hasMore(); passed += size) {
            goOn(size);
        }
    }

    private End ask(String body) throws IOException {
        answer.reset();
        byte[] request = HttpConnection.myChats(token, body);
        sentAt = System.nanoTime();
        connection.exchange(request, answer);
        answeredAt = System.nanoTime();
        connection.acknowledge();
        End end = answer.end();
        count = end.count();
        return end;
    }

    /** Whether the walk or delta has more pages. */
    public boolean hasMore() {
        return cursor != null;
    }

    public String state() {
        return state;
    }

    /** How many rooms the user has. */
    public int count() {
        return count;
    }

    /** How many answers told the client to begin again. */
    public int resets() {
        return resets;
    }

    /** When the last byte of the last answer had arrived, by {@link System#nanoTime}. */
    long answeredAt() {
        return answeredAt;
    }

    /** How long the last answer took, to its last byte. */
    public double micros() {
        return (answeredAt - sentAt) / 1e3;
    }

    /** The body of the last answer. */
    public byte[] body() {
        return answer.toByteArray();
    }

    public int bodyBytes() {
        return answer.size();
    }
}
