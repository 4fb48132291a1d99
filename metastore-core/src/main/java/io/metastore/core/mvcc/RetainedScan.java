package io.metastore.core.mvcc;

import io.metastore.api.storage.Cursor;
import io.metastore.api.storage.KeyRange;
import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.ScanDirection;
import io.metastore.api.storage.StorageView;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * Every version of every key that {@link Retention} keeps at the state's compaction mark, by key
 * and revision: a merge of VERSIONS and CURRENT. What is due to be removed and has not been is left
 * out, so the walk is the same on every member. It starts before the first version.
 *
 * <p>Belongs to one thread; closed before the view it reads.
 */
public final class RetainedScan implements AutoCloseable {
  /** One version; {@code key} is user key and revision. Arrays, because nothing compares it. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Version(byte[] key, byte[] value) {
    Revision revision() {
      return Revision.decode(ByteBuffer.wrap(key, key.length - Revision.BYTES, Revision.BYTES));
    }

    boolean sameUserKey(Version other) {
      // The user key's encoding ends itself: equal prefixes are equal keys.
      int end = key.length - Revision.BYTES;
      int otherEnd = other.key.length - Revision.BYTES;
      return Arrays.equals(key, 0, end, other.key, 0, otherEnd);
    }
  }

  private final long mark;
  private final long newest;
  private final Cursor versions;
  private final Cursor current;
  private Optional<Version> version;
  private Optional<Version> live;
  // The version behind the one at the scan: it decides whether that one is retained.
  private Optional<Version> ahead;
  private Optional<Version> at = Optional.empty();

  /**
   * Opens a scan.
   *
   * @param state held by the caller meanwhile
   * @param newest main revision of the newest versions to give, at least the compaction mark
   */
  public RetainedScan(ReadState state, long newest) {
    this.mark = state.compactedRevision();
    this.newest = newest;
    StorageView view = state.view();
    versions = view.scan(Keyspace.VERSIONS, KeyRange.all(), ScanDirection.FORWARD);
    current = view.scan(Keyspace.CURRENT, KeyRange.all(), ScanDirection.FORWARD);
    version = nextVersion();
    live = nextLive();
    ahead = merge();
  }

  private Optional<Version> nextVersion() {
    return versions.next()
        ? Optional.of(new Version(versions.key(), versions.value()))
        : Optional.empty();
  }

  private Optional<Version> nextLive() {
    if (!current.next()) {
      return Optional.empty();
    }
    byte[] record = current.value();
    Revision revision = KeyRecord.decode(record).modRevision();
    return Optional.of(new Version(VersionKey.encode(current.key(), revision), record));
  }

  private Optional<Version> merge() {
    boolean older =
        version.isPresent()
            && (live.isEmpty()
                || Arrays.compareUnsigned(version.get().key(), live.get().key()) < 0);
    Optional<Version> next = older ? version : live;
    if (older) {
      version = nextVersion();
    } else if (live.isPresent()) {
      live = nextLive();
    }
    return next;
  }

  /** Moves to the next retained version; false when there is none. */
  public boolean next() {
    while (ahead.isPresent()) {
      Version candidate = ahead.get();
      ahead = merge();
      long next =
          ahead
              .filter(candidate::sameUserKey)
              .map(behind -> behind.revision().main())
              .orElse(Long.MAX_VALUE);
      Revision revision = candidate.revision();
      boolean tombstone = KeyRecord.isTombstone(candidate.value());
      if (revision.main() <= newest && Retention.retains(revision, tombstone, next, mark)) {
        at = Optional.of(candidate);
        return true;
      }
    }
    return false;
  }

  /** User key and revision of the version at the scan; nobody may change the array. */
  public byte[] key() {
    return at.orElseThrow().key();
  }

  /** The stored record; nobody may change the array. */
  public byte[] value() {
    return at.orElseThrow().value();
  }

  @Override
  public void close() {
    current.close();
    versions.close();
  }
}
