package io.metastore.core.mvcc;

import io.metastore.api.storage.Cursor;
import io.metastore.api.storage.KeyRange;
import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.ScanDirection;
import io.metastore.api.storage.StorageView;
import java.util.Arrays;
import java.util.Optional;

/**
 * The keys that were live at an older revision: a merge, by user key, of CURRENT and VERSIONS.
 *
 * <p>Of each key the newest record at or before the revision counts. When CURRENT's is old enough
 * it is the one; otherwise it is the last version in VERSIONS that is, unless that is a tombstone.
 * For revision 3 of
 *
 * <pre>
 *   CURRENT   a mod 5         c mod 2
 *   VERSIONS  a@2 a@4         b@2 b@3†
 * </pre>
 *
 * the walk gives {@code a} (its version 2) and {@code c}.
 */
final class HistoryScan implements KeyScan {
  private final long revision;
  private final Cursor current;
  private final Cursor versions;
  private boolean started;
  private boolean currentLeft;
  // The version under the cursor, not yet taken into account.
  private Optional<VersionKey> pending = Optional.empty();

  private byte[] key = {};
  private Optional<KeyRecord> record = Optional.empty();

  HistoryScan(StorageView view, KeyRange range, long revision) {
    this.revision = revision;
    current = view.scan(Keyspace.CURRENT, range, ScanDirection.FORWARD);
    try {
      versions = view.scan(Keyspace.VERSIONS, VersionKey.of(range), ScanDirection.FORWARD);
    } catch (RuntimeException e) {
      // Nobody else could: the scan is not yet in the caller's hands.
      current.close();
      throw e;
    }
  }

  /** The newest record of one key at or before a revision, when the key was live then. */
  static Optional<KeyRecord> find(StorageView view, byte[] key, long revision) {
    Optional<KeyRecord> newest =
        view.get(Keyspace.CURRENT, key)
            .map(KeyRecord::decode)
            .filter(record -> record.modRevision().main() <= revision);
    if (newest.isPresent()) {
      return newest;
    }
    KeyRange older = VersionKey.upTo(key, revision);
    try (Cursor cursor = view.scan(Keyspace.VERSIONS, older, ScanDirection.BACKWARD)) {
      return cursor.next() ? live(cursor.value()) : Optional.empty();
    }
  }

  @Override
  public boolean next() {
    if (!started) {
      started = true;
      currentLeft = current.next();
      pending = nextVersion();
    }
    while (currentLeft || pending.isPresent()) {
      int order =
          pending.isEmpty()
              ? -1
              : !currentLeft ? 1 : Arrays.compareUnsigned(current.key(), pending.get().userKey());
      key = order <= 0 ? current.key() : pending.orElseThrow().userKey();
      record = order >= 0 ? newestVersion(key) : Optional.empty();
      if (order <= 0) {
        KeyRecord newest = KeyRecord.decode(current.value());
        if (newest.modRevision().main() <= revision) {
          record = Optional.of(newest);
        }
        currentLeft = current.next();
      }
      if (record.isPresent()) {
        return true;
      }
    }
    return false;
  }

  /** Takes all versions of a key off the cursor; the last one that is old enough counts. */
  private Optional<KeyRecord> newestVersion(byte[] userKey) {
    byte[] newest = KeyRecord.tombstone();
    while (pending.isPresent() && Arrays.equals(pending.get().userKey(), userKey)) {
      if (pending.get().revision().main() <= revision) {
        newest = versions.value();
      }
      pending = nextVersion();
    }
    return live(newest);
  }

  private Optional<VersionKey> nextVersion() {
    return versions.next() ? Optional.of(VersionKey.decode(versions.key())) : Optional.empty();
  }

  private static Optional<KeyRecord> live(byte[] encoded) {
    return KeyRecord.isTombstone(encoded)
        ? Optional.empty()
        : Optional.of(KeyRecord.decode(encoded));
  }

  @Override
  public byte[] key() {
    return key;
  }

  @Override
  public KeyRecord record() {
    return record.orElseThrow();
  }

  @Override
  public void close() {
    versions.close();
    current.close();
  }
}
