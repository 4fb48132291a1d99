package io.metastore.core.mvcc;

import java.util.Optional;

/**
 * One key's change, as watchers are told of it.
 *
 * @param key the user key; nobody changes the array
 * @param revision the change's place in history
 * @param record what was put, or empty for a delete
 * @param previous the key's record before this revision, if it was live then
 */
// An array on purpose, with no equality asked of it: one is made for every write.
@SuppressWarnings("ArrayRecordComponent")
public record Change(
    byte[] key, Revision revision, Optional<KeyRecord> record, Optional<KeyRecord> previous) {
  /** About how much memory the change holds, in bytes. */
  public int bytes() {
    return key.length
        + record.map(r -> r.encoded().length).orElse(0)
        + previous.map(r -> r.encoded().length).orElse(0);
  }
}
