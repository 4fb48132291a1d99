package io.metastore.core.watch;

import io.metastore.core.mvcc.KeyEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The latest changes, so that a watch that is only a little behind needs no read of the store.
 * Bounded in bytes and number; belongs to the hub's thread.
 */
final class RecentChanges {
  private static final long BYTES_MAX = 4L << 20;
  private static final int EVENTS_MAX = 8192;

  private record Batch(long through, List<KeyEvent> events, long bytes) {}

  private final Deque<Batch> batches = new ArrayDeque<>();
  // All changes from here on are held.
  private long from;
  private long bytes;
  private int count;

  RecentChanges(long from) {
    this.from = from;
  }

  /** Forgets everything; what is added next begins at a revision. */
  void restart(long revision) {
    batches.clear();
    bytes = 0;
    count = 0;
    from = revision;
  }

  /** Adds changes that follow those held, up to a revision. */
  void add(long through, List<KeyEvent> events, long size) {
    batches.addLast(new Batch(through, events, size));
    bytes += size;
    count += events.size();
    while (bytes > BYTES_MAX || count > EVENTS_MAX) {
      Batch oldest = batches.removeFirst();
      bytes -= oldest.bytes();
      count -= oldest.events().size();
      from = oldest.through() + 1;
    }
  }

  /** Whether every change from a revision on is held. */
  boolean reachesBackTo(long revision) {
    return revision >= from;
  }

  /** What a watch still has to get. */
  List<KeyEvent> events(Watch watch) {
    List<KeyEvent> found = new ArrayList<>();
    for (Batch batch : batches) {
      if (batch.through() >= watch.next) {
        for (KeyEvent event : batch.events()) {
          if (watch.wants(event) && watch.covers(event.key())) {
            found.add(event);
          }
        }
      }
    }
    return found;
  }
}
