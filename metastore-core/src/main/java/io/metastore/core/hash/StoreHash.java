package io.metastore.core.hash;

import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.api.storage.Cursor;
import io.metastore.api.storage.KeyRange;
import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.ScanDirection;
import io.metastore.core.message.HashKVResponse;
import io.metastore.core.message.HashResponse;
import io.metastore.core.message.ResponseHeader;
import io.metastore.core.mvcc.PublishedView;
import io.metastore.core.mvcc.ReadState;
import io.metastore.core.mvcc.RetainedScan;
import io.metastore.core.mvcc.StoreState;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * CRC-32C over replicated state, to compare members by. Members with equal state have equal hashes,
 * whatever engine they store it in and however far each is with removing what was compacted.
 *
 * <p>Each key and value is hashed with its length in front. Reads everything once and keeps
 * nothing; runs on any thread, for as long as that takes.
 */
public final class StoreHash {
  /** What is neither history nor about this member alone. */
  private static final List<Keyspace> TABLES =
      List.of(Keyspace.LEASE, Keyspace.AUTH, Keyspace.ALARM, Keyspace.MEMBER);

  private final CRC32C crc = new CRC32C();

  private StoreHash() {}

  /**
   * Hashes the retained versions up to a revision: equal wherever revision and compaction mark are.
   *
   * @param state held by the caller meanwhile
   * @param revision the newest revision to look at; 0 and less for the state's own
   * @return the response; its header carries the revision alone
   * @throws MetastoreException when the revision is compacted or in the future
   */
  public static HashKVResponse.Builder kv(ReadState state, long revision) {
    long newest = revision <= 0 ? state.revisionToRead() : revision;
    if (newest < state.compactedRevision()) {
      throw MetastoreException.of(ErrorCode.COMPACTED);
    }
    if (newest > state.revisionToRead()) {
      throw MetastoreException.of(ErrorCode.FUTURE_REV);
    }
    StoreHash hash = new StoreHash();
    hash.addVersions(state, newest);
    return HashKVResponse.newBuilder()
        .setHeader(ResponseHeader.newBuilder().setRevision(state.revisionToRead()))
        .setHash((int) hash.crc.getValue())
        .setCompactRevision(state.compactedRevision())
        .setHashRevision(newest);
  }

  /**
   * Hashes all replicated state.
   *
   * @param view held by the caller meanwhile
   * @return the response; its header carries the revision alone
   */
  public static HashResponse.Builder all(PublishedView view) {
    StoreState state = view.state();
    StoreHash hash = new StoreHash();
    // The position in the log is left out: an entry that changes nothing moves it.
    hash.add(
        ByteBuffer.allocate(3 * Long.BYTES)
            .putLong(state.revision())
            .putLong(state.compactedRevision())
            .putLong(state.keys())
            .array());
    hash.addVersions(view, state.revision());
    for (Keyspace table : TABLES) {
      try (Cursor cursor = view.view().scan(table, KeyRange.all(), ScanDirection.FORWARD)) {
        while (cursor.next()) {
          hash.add(cursor.key());
          hash.add(cursor.value());
        }
      }
    }
    return HashResponse.newBuilder()
        .setHeader(ResponseHeader.newBuilder().setRevision(state.revision()))
        .setHash((int) hash.crc.getValue());
  }

  private void addVersions(ReadState state, long newest) {
    try (RetainedScan versions = new RetainedScan(state, newest)) {
      while (versions.next()) {
        add(versions.key());
        add(versions.value());
      }
    }
  }

  private void add(byte[] bytes) {
    for (int shift = Integer.SIZE - Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
      crc.update(bytes.length >>> shift);
    }
    crc.update(bytes);
  }
}
