package io.metastore.core.mvcc;

import io.metastore.api.storage.Cursor;
import io.metastore.api.storage.KeyRange;
import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.ScanDirection;
import io.metastore.api.storage.WriteBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One bounded step of a purge: what to remove, computed on a view, to be committed by the apply
 * thread. Afterwards exactly what {@link Retention} names is left of the log entries looked at.
 *
 * <p><b>The walk.</b> A purge from mark P to mark R looks at the LOG entries from P (included: a
 * tombstone exactly at P was kept) to R, some pages of them at a time, and so costs what was
 * written, not what is stored. Nothing else is read: an entry tells which version it replaced. For
 * each change of a key it removes
 *
 * <ol>
 *   <li>the version that it replaced, when that is before R: the change hides it from every reader
 *       at R or later;
 *   <li>the tombstone that it left, when it is a delete before R: to a reader no version and a
 *       tombstone are the same;
 *   <li>the LOG entry, when it is before R: no watch may start there. A page goes when its last
 *       entry does; until then it is written without those that went.
 * </ol>
 *
 * <p><b>Why nothing is left over.</b> A version that is not a key's newest was replaced by exactly
 * one change. (Entries at R are looked at again by the next purge, which finds before its own mark
 * what is kept because it is at R.)
 *
 * <p><b>Why writers need not wait.</b> A version is written once and never changed, and nothing
 * that is retained at R is removed. What the apply thread adds between view and commit is newer
 * than R, or is the record that R retains, moved from CURRENT to VERSIONS; neither is in the batch.
 *
 * <p><b>Example.</b> P = 2, R = 5, steps of one page:
 *
 * <pre>
 *   LOG       2 put a   3 put b │ 4 put a over 2   5 del b over 3   6 put a over 4
 *   VERSIONS  a@2 b@3 b@5† a@4                          CURRENT a@6
 *   step 1    removes LOG 2 3, nothing else: they replaced nothing
 *   step 2    removes LOG 4 from its page, a@2 and b@3; b@5† is at the mark
 *   left      LOG 5 6      VERSIONS a@4 b@5†            CURRENT a@6
 * </pre>
 *
 * @param batch what is to be removed, and the progress behind it
 * @param progress as in the batch
 * @param entries how many LOG entries are in the pages that were looked at
 */
public record PurgeStep(WriteBatch batch, PurgeProgress progress, int entries) {
  /**
   * Computes the next step.
   *
   * @param state the newest published view, held by the caller meanwhile
   * @param entriesMax after how many LOG entries no other page is begun, at least 1
   * @return empty when there is nothing left to remove
   */
  public static Optional<PurgeStep> next(ReadState state, int entriesMax) {
    long mark = state.compactedRevision();
    PurgeProgress before = PurgeProgress.read(state.view());
    return mark <= before.done()
        ? Optional.empty()
        : Optional.of(walk(state, before.towards(mark), entriesMax));
  }

  private static PurgeStep walk(ReadState state, PurgeProgress start, int entriesMax) {
    long mark = start.target();
    WriteBatch batch = new WriteBatch();
    KeyRange ahead = KeyRange.from(start.next().encoded());
    int entries = 0;
    Optional<Revision> next = Optional.empty();
    try (Cursor pages = state.view().scan(Keyspace.LOG, ahead, ScanDirection.FORWARD)) {
      boolean done = false;
      while (!done && pages.next()) {
        List<LogEntry> page = LogPage.decode(pages.value());
        Revision first = page.getFirst().revision();
        done = first.main() > mark || entries >= entriesMax;
        if (!done) {
          removeFrom(batch, pages.key(), page, mark);
          entries += page.size();
        } else if (first.main() <= mark) {
          next = Optional.of(first);
        }
      }
    }
    PurgeProgress progress =
        next.map(at -> new PurgeProgress(start.done(), mark, at))
            .orElse(new PurgeProgress(mark, mark, new Revision(Math.max(0, mark), 0)));
    batch.put(Keyspace.META, StoreMeta.PURGE_KEY, progress.encoded());
    return new PurgeStep(batch, progress, entries);
  }

  private static void removeFrom(WriteBatch batch, byte[] pageKey, List<LogEntry> page, long mark) {
    List<LogEntry> kept = new ArrayList<>();
    for (LogEntry entry : page) {
      if (entry.revision().main() <= mark) {
        removeVersions(batch, entry, mark);
      }
      if (Retention.always(entry.revision(), mark)) {
        kept.add(entry);
      }
    }
    if (kept.isEmpty()) {
      batch.delete(Keyspace.LOG, pageKey);
    } else if (kept.size() < page.size()) {
      batch.put(Keyspace.LOG, pageKey, LogPage.encode(kept));
    }
  }

  private static void removeVersions(WriteBatch batch, LogEntry entry, long mark) {
    entry
        .replaced()
        .filter(version -> !Retention.always(version, mark))
        .ifPresent(
            version -> batch.delete(Keyspace.VERSIONS, VersionKey.encode(entry.key(), version)));
    if (entry.delete() && !Retention.always(entry.revision(), mark)) {
      batch.delete(Keyspace.VERSIONS, VersionKey.encode(entry.key(), entry.revision()));
    }
  }
}
