package io.metastore.core.mvcc;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * One entry of the LOG keyspace.
 *
 * @param revision the change's place in history
 * @param key the user key that was changed
 * @param delete whether it was deleted
 */
// An array on purpose, with no equality asked of it: one is made for every step of a walk.
@SuppressWarnings("ArrayRecordComponent")
record LogEntry(Revision revision, byte[] key, boolean delete) {
  static LogEntry decode(byte[] key, byte[] value) {
    return new LogEntry(
        Revision.decode(ByteBuffer.wrap(key)),
        Arrays.copyOfRange(value, 1, value.length),
        value[0] == ChangeLog.DELETE);
  }
}
