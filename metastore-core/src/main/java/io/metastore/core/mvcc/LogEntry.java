package io.metastore.core.mvcc;

import java.util.Optional;

/**
 * One entry of the LOG keyspace: a change of a key. Entries are stored in {@link LogPage}s.
 *
 * @param revision the change's place in history
 * @param key the user key that was changed
 * @param delete whether it was deleted
 * @param replaced where in VERSIONS the record is that the key had before; empty when it had none
 */
// An array on purpose, with no equality asked of it: one is made for every change.
@SuppressWarnings("ArrayRecordComponent")
record LogEntry(Revision revision, byte[] key, boolean delete, Optional<Revision> replaced) {
  static LogEntry put(Revision revision, byte[] key, Optional<KeyRecord> replaced) {
    return new LogEntry(revision, key, false, replaced.map(KeyRecord::modRevision));
  }

  static LogEntry delete(Revision revision, byte[] key, KeyRecord replaced) {
    return new LogEntry(revision, key, true, Optional.of(replaced.modRevision()));
  }
}
