package io.metastore.core.mvcc;

import io.metastore.api.storage.Cursor;
import io.metastore.api.storage.KeyRange;
import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.ScanDirection;
import io.metastore.api.storage.StorageView;
import io.metastore.api.storage.WriteBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One bounded step of a purge: what to remove, computed on a view, to be committed by the apply
 * thread. Afterwards exactly what {@link Retention} names is left of the log entries looked at.
 *
 * <p><b>The walk.</b> A purge from mark P to mark R looks at the LOG entries from P (included: a
 * tombstone exactly at P was kept) to R, a thousand or so at a time, and so costs what was written,
 * not what is stored. Of each key with changes c1 &lt; … &lt; cn in the step it removes
 *
 * <ol>
 *   <li>the versions c1 … c(n-1) that are before R: cn hides them from every reader at R or later;
 *   <li>the one version older than c1, for the same reason;
 *   <li>the tombstone cn, when it is before R: to a reader no version and a tombstone are the same;
 *   <li>the LOG entries before R: no watch may start there.
 * </ol>
 *
 * <p><b>Why there is at most one older version.</b> By induction: before each step a key has at
 * most one version before the step's first entry, its newest, and that is no tombstone. The first
 * purge starts at the beginning. A step that looks at a key leaves of it only cn, or nothing; one
 * that does not leaves it alone. (Entries at R keep their versions; they are looked at again by the
 * next purge.)
 *
 * <p><b>Why writers need not wait.</b> A version is written once and never changed, and nothing
 * that is retained at R is removed. What the apply thread adds between view and commit is newer
 * than R, or is the record that R retains, moved from CURRENT to VERSIONS; neither is in the batch.
 *
 * <p><b>Example.</b> P = 2, R = 5, steps of two entries:
 *
 * <pre>
 *   LOG       2 put a   3 put b │ 4 put a   5 del b │ 6 put a
 *   VERSIONS  a@2 b@3 b@5† a@4                          CURRENT a@6
 *   step 1    removes LOG 2 3, nothing else: a@2 and b@3 are the last of their keys so far
 *   step 2    removes LOG 4, a@2 (older than a@4), b@3 (older than b@5); b@5† is at the mark
 *   left      LOG 5 6      VERSIONS a@4 b@5†            CURRENT a@6
 * </pre>
 *
 * @param batch what is to be removed, and the progress behind it
 * @param progress as in the batch
 * @param entries how many LOG entries were looked at
 */
public record PurgeStep(WriteBatch batch, PurgeProgress progress, int entries) {
  /** One change of a key within the step. */
  private record Step(Revision revision, boolean delete) {}

  /**
   * Computes the next step.
   *
   * @param state the newest published view, held by the caller meanwhile
   * @param entriesMax how many LOG entries to look at, at least 1
   * @return empty when there is nothing left to remove
   */
  public static Optional<PurgeStep> next(ReadState state, int entriesMax) {
    long mark = state.compactedRevision();
    PurgeProgress before = PurgeProgress.read(state.view());
    return mark <= before.done()
        ? Optional.empty()
        : Optional.of(new Walk(state.view(), before.towards(mark)).step(entriesMax));
  }

  /** A step while it is being made. */
  private static final class Walk {
    private final StorageView view;
    private final PurgeProgress start;
    private final long mark;
    private final WriteBatch batch = new WriteBatch();
    private final SortedMap<byte[], List<Step>> changes = new TreeMap<>(Arrays::compareUnsigned);

    Walk(StorageView view, PurgeProgress start) {
      this.view = view;
      this.start = start;
      this.mark = start.target();
    }

    PurgeStep step(int entriesMax) {
      byte[] end = new Revision(mark + 1, 0).encoded();
      KeyRange ahead = KeyRange.of(start.next().encoded(), end);
      int entries = 0;
      Optional<Revision> next = Optional.empty();
      try (Cursor log = view.scan(Keyspace.LOG, ahead, ScanDirection.FORWARD)) {
        while (next.isEmpty() && log.next()) {
          LogEntry entry = LogEntry.decode(log.key(), log.value());
          if (entries == entriesMax) {
            next = Optional.of(entry.revision());
          } else {
            entries++;
            take(log.key(), entry);
          }
        }
      }
      changes.forEach(this::purge);
      PurgeProgress progress =
          next.map(at -> new PurgeProgress(start.done(), mark, at))
              .orElse(new PurgeProgress(mark, mark, new Revision(Math.max(0, mark), 0)));
      batch.put(Keyspace.META, StoreMeta.PURGE_KEY, progress.encoded());
      return new PurgeStep(batch, progress, entries);
    }

    private void take(byte[] logKey, LogEntry entry) {
      changes
          .computeIfAbsent(entry.key(), key -> new ArrayList<>())
          .add(new Step(entry.revision(), entry.delete()));
      if (entry.revision().main() < mark) {
        batch.delete(Keyspace.LOG, logKey);
      }
    }

    private void purge(byte[] key, List<Step> steps) {
      Step first = steps.getFirst();
      Step last = steps.getLast();
      if (first.delete() || !isCreate(key, first.revision())) {
        removeOlder(key, first.revision());
      }
      for (Step step : steps) {
        boolean hidden = !step.equals(last) || step.delete();
        if (hidden && !Retention.always(step.revision(), mark)) {
          batch.delete(Keyspace.VERSIONS, VersionKey.encode(key, step.revision()));
        }
      }
    }

    /** True when a put began a life of its key, so that there is nothing older. */
    private boolean isCreate(byte[] key, Revision put) {
      return view.get(Keyspace.VERSIONS, VersionKey.encode(key, put))
          .or(() -> view.get(Keyspace.CURRENT, key))
          .map(KeyRecord::decode)
          .filter(record -> record.modRevision().equals(put) && record.version() == 1)
          .isPresent();
    }

    /**
     * Removes the version before a change. Walking backwards meets it first; walking forwards would
     * go through everything that earlier steps removed and the engine has not forgotten yet.
     */
    private void removeOlder(byte[] key, Revision change) {
      KeyRange older = VersionKey.before(key, change);
      try (Cursor versions = view.scan(Keyspace.VERSIONS, older, ScanDirection.BACKWARD)) {
        if (versions.next()
            && !Retention.always(VersionKey.decode(versions.key()).revision(), mark)) {
          batch.delete(Keyspace.VERSIONS, versions.key());
        }
      }
    }
  }
}
