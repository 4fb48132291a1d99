package io.metastore.core.mvcc;

import io.metastore.api.storage.Cursor;
import io.metastore.api.storage.KeyRange;
import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.ScanDirection;
import io.metastore.api.storage.StorageEngine;
import io.metastore.api.storage.StorageView;
import io.metastore.api.storage.WriteBatch;
import java.util.List;
import java.util.Optional;

/**
 * Takes back what a drain brought to the engine before its end, when there was no end: it is made
 * again from the log, and must meet what it met the first time.
 *
 * <p>A drain {@linkplain MvccWriter#spillIfLarge spills} changes of keys alone, whole ones, and
 * each has its entry in LOG. The state record comes with the drain's end. So <b>what LOG holds
 * beyond the state's revision was never finished</b>, and of each key that it names
 *
 * <ol>
 *   <li>the record of that revision goes back from VERSIONS to CURRENT, or nothing is left there;
 *   <li>newer versions go;
 *   <li>it is detached from the leases of the newer ones, and attached to that of the old one.
 * </ol>
 *
 * Each step is one batch, which removes the pages of LOG that it has dealt with; a crash between
 * two loses nothing, and a key that two steps deal with is the same after either.
 *
 * <pre>
 *   state       revision 4
 *   LOG         4.0 put a   5.0 del a   5.1 del b              → 4.0 put a
 *   CURRENT                                  c@2               → a@4 b@3 c@2
 *   VERSIONS    a@4 a@5.0†  b@3 b@5.1†                         →
 * </pre>
 */
public final class Unfinished {
  private static final int STEP_ENTRIES_MAX = 1000;
  private static final long STEP_BYTES_MAX = 4L << 20;

  private final StorageView view;
  private final long head;
  private final WriteBatch batch = new WriteBatch();

  private Unfinished(PublishedView published) {
    this.view = published.view();
    this.head = published.state().revision();
  }

  /**
   * Takes everything back; costs one look into LOG when there is nothing. To be called by the
   * engine's only writer before it publishes what the engine holds.
   */
  public static void undo(StorageEngine engine) {
    Optional<Revision> next = Optional.empty();
    do {
      try (PublishedView published = StoreMeta.publish(engine)) {
        Unfinished step = new Unfinished(published);
        next = step.undoFrom(next.orElse(new Revision(step.head + 1, 0)));
        if (!step.batch.isEmpty()) {
          engine.commit(step.batch);
        }
      }
    } while (next.isPresent());
  }

  /** Takes back some pages of entries; returns where there are more. */
  private Optional<Revision> undoFrom(Revision from) {
    KeyRange ahead = KeyRange.from(from.encoded());
    try (Cursor pages = view.scan(Keyspace.LOG, ahead, ScanDirection.FORWARD)) {
      int entries = 0;
      while (pages.next()) {
        List<LogEntry> page = LogPage.decode(pages.value());
        if (entries >= STEP_ENTRIES_MAX || batch.bytes() > STEP_BYTES_MAX) {
          return Optional.of(page.getFirst().revision());
        }
        page.forEach(entry -> undo(entry.key()));
        batch.delete(Keyspace.LOG, pages.key());
        entries += page.size();
      }
    }
    return Optional.empty();
  }

  private void undo(byte[] key) {
    view.get(Keyspace.CURRENT, key)
        .map(KeyRecord::decode)
        .filter(record -> record.modRevision().main() > head)
        .ifPresent(record -> detach(key, record));
    KeyRange newer = VersionKey.after(key, head);
    try (Cursor versions = view.scan(Keyspace.VERSIONS, newer, ScanDirection.FORWARD)) {
      while (versions.next()) {
        if (!KeyRecord.isTombstone(versions.value())) {
          detach(key, KeyRecord.decode(versions.value()));
        }
        batch.delete(Keyspace.VERSIONS, versions.key());
      }
    }
    HistoryScan.find(view, key, head)
        .ifPresentOrElse(record -> restore(key, record), () -> batch.delete(Keyspace.CURRENT, key));
  }

  private void detach(byte[] key, KeyRecord record) {
    if (record.lease() != 0) {
      batch.delete(Keyspace.LEASE, LeaseTable.attachment(record.lease(), key));
    }
  }

  private void restore(byte[] key, KeyRecord record) {
    batch.put(Keyspace.CURRENT, key, record.encoded());
    batch.delete(Keyspace.VERSIONS, VersionKey.encode(key, record.modRevision()));
    if (record.lease() != 0) {
      batch.put(Keyspace.LEASE, LeaseTable.attachment(record.lease(), key), new byte[0]);
    }
  }
}
