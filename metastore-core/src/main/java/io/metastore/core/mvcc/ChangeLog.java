package io.metastore.core.mvcc;

import io.metastore.api.storage.Cursor;
import io.metastore.api.storage.KeyRange;
import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.ScanDirection;
import io.metastore.api.storage.StorageView;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads history in the order in which it happened: the LOG keyspace says which keys a revision
 * changed, VERSIONS and CURRENT what was in them.
 *
 * <p>Runs on any thread; scans are native calls with some engines.
 */
public final class ChangeLog {
  /**
   * A stretch of history.
   *
   * @param events in order; complete up to {@code through}. Their values are read when asked for,
   *     so they may be used only while the view is held
   * @param through the last main revision that the stretch covers
   */
  public record Stretch(List<KeyEvent> events, long through) {}

  private ChangeLog() {}

  /**
   * Reads from a revision on.
   *
   * @param state held by the caller for as long as the events are used
   * @param from first main revision, not below the compacted one
   * @param revisionsMax most main revisions with changes to read
   */
  public static Stretch read(ReadState state, long from, int revisionsMax) {
    List<KeyEvent> events = new ArrayList<>();
    int revisions = 0;
    long last = from - 1;
    long to = state.revisionToRead();
    KeyRange ahead = KeyRange.from(new Revision(from, 0).encoded());
    try (Cursor pages = state.view().scan(Keyspace.LOG, ahead, ScanDirection.FORWARD)) {
      while (pages.next()) {
        for (LogEntry entry : LogPage.decode(pages.value())) {
          Revision revision = entry.revision();
          if (revision.main() > to) {
            return new Stretch(events, to);
          }
          if (revision.main() < from) {
            continue;
          }
          if (revision.main() != last) {
            if (revisions == revisionsMax) {
              return new Stretch(events, last);
            }
            revisions++;
            last = revision.main();
          }
          events.add(new Logged(state, entry.key(), revision, !entry.delete()));
        }
      }
    }
    return new Stretch(events, to);
  }

  /** A change found in LOG; what it put and replaced is looked up when it is asked for. */
  private static final class Logged extends KeyEvent {
    private final ReadState state;

    Logged(ReadState state, byte[] key, Revision revision, boolean put) {
      super(key, revision, put);
      this.state = state;
    }

    @Override
    KeyRecord record() {
      StorageView view = state.view();
      return view.get(Keyspace.CURRENT, key())
          .map(KeyRecord::decode)
          .filter(newest -> newest.modRevision().equals(revision()))
          .or(
              () ->
                  view.get(Keyspace.VERSIONS, VersionKey.encode(key(), revision()))
                      .map(KeyRecord::decode))
          .orElseThrow(
              () ->
                  new IllegalStateException(
                      "LOG has a put at %s that neither CURRENT nor VERSIONS know, compacted at %d"
                          .formatted(revision(), state.compactedRevision())));
    }

    @Override
    Optional<KeyRecord> previous() {
      // As a client could read it: not below what is compacted, even when it is still there.
      long before = revision().main() - 1;
      return before < state.compactedRevision()
          ? Optional.empty()
          : HistoryScan.find(state.view(), key(), before);
    }
  }
}
