package io.metastore.core.apply;

import io.metastore.api.storage.Cursor;
import io.metastore.api.storage.KeyRange;
import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.ScanDirection;
import io.metastore.api.storage.StorageException;
import io.metastore.api.storage.StorageView;
import io.metastore.core.mvcc.OverlayView;
import io.metastore.core.mvcc.StoreMeta;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which entries were applied, so that each is applied once however often it is in the log: an entry
 * that was submitted again after a change of leaders may be there twice.
 *
 * <p>For each origin the newest batch number is kept, and which of the {@value #WINDOW} before it
 * were seen. What is older counts as seen: nobody waits for it any more. The origins that were
 * silent for longest are forgotten ({@value #ORIGINS_MAX} are kept, and a member has one for each
 * of its runs).
 *
 * <pre>
 *   origin 7: newest 12, seen 1011    12, 11 and 9 were applied, 10 was not and may still come
 * </pre>
 *
 * <p>Replicated state, in META; belongs to the apply thread.
 */
final class AppliedEntries {
  /** How far behind its origin's newest an entry may come; more than are ever under way at once. */
  static final int WINDOW = 64;

  /** Origins that are remembered. */
  static final int ORIGINS_MAX = 64;

  /**
   * What is known of an origin.
   *
   * @param newest its highest batch number
   * @param seen bit {@code n} for the batch {@code n} before the newest
   * @param index log index of its last entry
   */
  private record Run(long newest, long seen, long index) {
    static final int BYTES = 3 * Long.BYTES;

    boolean has(long batch) {
      long back = newest - batch;
      return back >= WINDOW || (back >= 0 && ((seen >>> back) & 1) == 1);
    }

    Run with(long batch, long at) {
      if (batch <= newest) {
        return new Run(newest, seen | (1L << (newest - batch)), at);
      }
      long ahead = batch - newest;
      return new Run(batch, (ahead < WINDOW ? seen << ahead : 0) | 1, at);
    }

    byte[] encoded() {
      return ByteBuffer.allocate(BYTES).putLong(newest).putLong(seen).putLong(index).array();
    }

    static Run decode(byte[] encoded) {
      if (encoded.length != BYTES) {
        throw new StorageException(
            "the record of an origin's entries is damaged: " + encoded.length + " bytes");
      }
      ByteBuffer in = ByteBuffer.wrap(encoded);
      return new Run(in.getLong(), in.getLong(), in.getLong());
    }
  }

  // By origin, in an order that is the same everywhere.
  private final Map<Long, Run> runs = new TreeMap<>();

  private AppliedEntries() {}

  /** What a store holds. */
  static AppliedEntries read(StorageView view) {
    AppliedEntries entries = new AppliedEntries();
    KeyRange all = KeyRange.prefix(StoreMeta.originPrefix());
    try (Cursor cursor = view.scan(Keyspace.META, all, ScanDirection.FORWARD)) {
      while (cursor.next()) {
        long origin = ByteBuffer.wrap(cursor.key()).getLong(all.from().length);
        entries.runs.put(origin, Run.decode(cursor.value()));
      }
    }
    return entries;
  }

  /**
   * Notes an entry.
   *
   * @param index its place in the log
   * @param view of the drain, which is written to
   * @return false when it was applied before, or is too old to say
   */
  boolean add(EntryCodec.Header entry, long index, OverlayView view) {
    Run known = runs.get(entry.origin());
    if (known != null && known.has(entry.batch())) {
      return false;
    }
    Run run = known == null ? new Run(entry.batch(), 1, index) : known.with(entry.batch(), index);
    runs.put(entry.origin(), run);
    view.put(Keyspace.META, StoreMeta.originKey(entry.origin()), run.encoded());
    if (runs.size() > ORIGINS_MAX) {
      forgetOldest(view);
    }
    return true;
  }

  private void forgetOldest(OverlayView view) {
    long oldest = 0;
    long index = Long.MAX_VALUE;
    for (Map.Entry<Long, Run> run : runs.entrySet()) {
      if (run.getValue().index() < index) {
        oldest = run.getKey();
        index = run.getValue().index();
      }
    }
    runs.remove(oldest);
    view.delete(Keyspace.META, StoreMeta.originKey(oldest));
  }
}
