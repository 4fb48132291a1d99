package io.metastore.core.mvcc;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * One entry of the LOG keyspace: a change of a key.
 *
 * @param revision the change's place in history
 * @param key the user key that was changed
 * @param delete whether it was deleted
 * @param replaced where in VERSIONS the record is that the key had before; empty when it had none
 */
// An array on purpose, with no equality asked of it: one is made for every step of a walk.
@SuppressWarnings("ArrayRecordComponent")
record LogEntry(Revision revision, byte[] key, boolean delete, Optional<Revision> replaced) {
  private static final byte CREATE = 0;
  private static final byte UPDATE = 1;
  private static final byte DELETE = 2;

  /** The value of the entry of a put. */
  static byte[] put(byte[] key, Optional<KeyRecord> replaced) {
    return replaced.isPresent()
        ? encode(UPDATE, key, replaced.get())
        : ByteBuffer.allocate(1 + key.length).put(CREATE).put(key).array();
  }

  /** The value of the entry of a delete. */
  static byte[] delete(byte[] key, KeyRecord replaced) {
    return encode(DELETE, key, replaced);
  }

  private static byte[] encode(byte kind, byte[] key, KeyRecord replaced) {
    ByteBuffer value = ByteBuffer.allocate(1 + Revision.BYTES + key.length).put(kind);
    replaced.modRevision().encode(value);
    return value.put(key).array();
  }

  static LogEntry decode(byte[] key, byte[] value) {
    ByteBuffer in = ByteBuffer.wrap(value);
    byte kind = in.get();
    Optional<Revision> replaced =
        kind == CREATE ? Optional.empty() : Optional.of(Revision.decode(in));
    byte[] changed = new byte[in.remaining()];
    in.get(changed);
    return new LogEntry(Revision.decode(ByteBuffer.wrap(key)), changed, kind == DELETE, replaced);
  }
}
