package dev.chatlist.adapter.persistence.sql;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.chatlist.adapter.persistence.sql.Snapshot.Epoch;
import dev.chatlist.application.sync.Cursor;
import dev.chatlist.application.sync.StateToken;
import dev.chatlist.domain.RoomId;
import dev.chatlist.domain.UserId;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The states and cursors of one epoch: snapshots of the database, sealed for one user with the epoch's secret, which
 * every instance reads. Nothing about them is stored. They are opaque, and nobody else can make one, but they are no
 * secret and give no right: membership is checked as for every request. A seal that doesn't fit is that of another user,
 * of another epoch, or of nobody.
 *
 * <p>The bytes are a kind, numbers of seven bits a byte, for a cursor the room id, and eight bytes of HMAC-SHA256.
 */
public final class SyncTokens {
    private static final int STATE = 1;
    private static final int WALK = 2;
    private static final int DELTA = 3;
    private static final int SEAL_BYTES = 8;

    /** A snapshot with more transactions in progress forgets all that it saw after the oldest of them. */
    private static final int MAX_IN_PROGRESS = 200;

    private final Epoch epoch;
    private final Mac key;

    public SyncTokens(Epoch epoch) {
        this.epoch = epoch;
        try {
            key = Mac.getInstance("HmacSHA256");
            key.init(new SecretKeySpec(Base64.getMimeDecoder().decode(epoch.secret()), "HmacSHA256"));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JVM has HmacSHA256", e);
        }
    }

    /**
     * Where a walk or a delta goes on.
     *
     * @param since what the client had seen before the delta; null for a walk through everything
     * @param begun what the first page saw
     * @param seen what the latest page saw
     * @param last the last activity of the last listed room, in nanoseconds since the epoch
     * @param room the last listed room
     */
    record Position(@Nullable Snapshot since, Snapshot begun, Snapshot seen, long last, RoomId room) {}

    /**
     * What a client has seen.
     *
     * @param rooms how many rooms the user had. A standby that lags has nothing new, and can't count them.
     */
    record Seen(Snapshot snapshot, long rooms) {}

    StateToken state(UserId user, Seen seen) {
        Bytes bytes = new Bytes(STATE);
        bytes.write(seen.snapshot, 0);
        bytes.write(seen.rooms);
        return new StateToken(sealed(user, bytes));
    }

    Cursor cursor(UserId user, Position position) {
        Snapshot since = position.since;
        Bytes bytes = new Bytes(since == null ? WALK : DELTA);
        long base = since == null ? 0 : bytes.write(since, 0);
        base = bytes.write(position.begun, base);
        bytes.write(position.seen, base);
        bytes.write(position.last);
        bytes.writeBytes(position.room.value().getBytes(UTF_8));
        return new Cursor(sealed(user, bytes));
    }

    /** What the user had seen with this state; null if the state isn't one of the user's, in this epoch. */
    @Nullable
    Seen read(UserId user, StateToken state) {
        ByteBuffer bytes = unsealed(user, state.value());
        return bytes == null || bytes.get() != STATE ? null : new Seen(snapshot(bytes, 0), number(bytes));
    }

    /** The position of this cursor; null if the cursor isn't one of the user's, in this epoch. */
    @Nullable
    Position read(UserId user, Cursor cursor) {
        ByteBuffer bytes = unsealed(user, cursor.value());
        int kind = bytes == null ? 0 : bytes.get();
        if (bytes == null || (kind != WALK && kind != DELTA)) {
            return null;
        }
        Snapshot since = kind == DELTA ? snapshot(bytes, 0) : null;
        Snapshot begun = snapshot(bytes, since == null ? 0 : since.oldestUnseen());
        Snapshot seen = snapshot(bytes, begun.oldestUnseen());
        long last = number(bytes);
        return new Position(
                since, begun, seen, last, new RoomId(UTF_8.decode(bytes).toString()));
    }

    private String sealed(UserId user, Bytes bytes) {
        byte[] payload = bytes.toByteArray();
        bytes.write(seal(user, payload, payload.length), 0, SEAL_BYTES);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.toByteArray());
    }

    private @Nullable ByteBuffer unsealed(UserId user, String token) {
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(token);
        } catch (IllegalArgumentException e) {
            return null;
        }
        int end = bytes.length - SEAL_BYTES;
        // Also refuses what the decoder is lenient about: one sealed payload has one text.
        if (end < 1
                || !Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString(bytes)
                        .equals(token)) {
            return null;
        }
        byte[] seal = Arrays.copyOfRange(bytes, end, bytes.length);
        boolean isGenuine = MessageDigest.isEqual(seal, Arrays.copyOf(seal(user, bytes, end), SEAL_BYTES));
        return isGenuine ? ByteBuffer.wrap(bytes, 0, end) : null;
    }

    private byte[] seal(UserId user, byte[] payload, int length) {
        try {
            Mac mac = (Mac) key.clone();
            byte[] id = user.value().getBytes(UTF_8);
            mac.update(id);
            // No id holds this byte, so no two pairs of user and payload are the same bytes.
            mac.update((byte) 0);
            mac.update(payload, 0, length);
            return mac.doFinal();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("the JVM's HmacSHA256 can be cloned", e);
        }
    }

    private Snapshot snapshot(ByteBuffer bytes, long base) {
        long oldest = base + number(bytes);
        long next = oldest + number(bytes);
        long count = number(bytes);
        List<Long> inProgress = new ArrayList<>();
        long before = oldest;
        for (long n = 0; n < count; n++) {
            before += number(bytes);
            inProgress.add(before);
        }
        return new Snapshot(next, inProgress, false, epoch);
    }

    private static long number(ByteBuffer bytes) {
        long number = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = bytes.get();
            number |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return number;
            }
        }
    }

    private static final class Bytes extends ByteArrayOutputStream {
        Bytes(int kind) {
            super(64);
            write((byte) kind);
        }

        /** Returns the base for a later snapshot, which never sees less. */
        long write(Snapshot snapshot, long base) {
            long oldest = snapshot.oldestUnseen();
            boolean isLong = snapshot.inProgress().size() > MAX_IN_PROGRESS;
            List<Long> inProgress =
                    isLong ? List.of() : snapshot.inProgress().stream().sorted().toList();
            write(oldest - base);
            write(isLong ? 0 : snapshot.next() - oldest);
            write((long) inProgress.size());
            long before = oldest;
            for (long transaction : inProgress) {
                write(transaction - before);
                before = transaction;
            }
            return oldest;
        }

        void write(long number) {
            long left = number;
            while ((left & ~0x7fL) != 0) {
                write((byte) ((left & 0x7f) | 0x80));
                left >>>= 7;
            }
            write((byte) left);
        }

        private void write(byte one) {
            write((int) one);
        }
    }
}
