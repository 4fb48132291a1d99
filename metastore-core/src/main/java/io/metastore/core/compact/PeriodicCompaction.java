package io.metastore.core.compact;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalLong;

/**
 * Keeps the history of a period. Ten times in the period, or in an hour if that is shorter, the
 * revision is noted; once the first period is over, the store is compacted every period, or every
 * hour if that is shorter, at the revision that was current a period ago. A failed compaction is
 * tried again at the next note.
 *
 * <p>Source: etcd {@code server/etcdserver/api/v3compactor/periodic.go}.
 */
public final class PeriodicCompaction implements AutoCompaction {
  private static final Duration INTERVAL_MAX = Duration.ofHours(1);
  private static final int NOTES_PER_INTERVAL = 10;

  private final Duration noteInterval;
  private final Duration compactInterval;
  private final int notesMax;
  private final Deque<Long> notes = new ArrayDeque<>();
  // The first compaction waits for the whole period, later ones for the interval.
  private Duration wait;
  private long lastSuccessNanos;
  private long lastRevision;

  /**
   * Starts a policy.
   *
   * @param period how much history to keep, more than 0
   * @param revision the store's current revision
   */
  public PeriodicCompaction(Duration period, long revision, long nowNanos) {
    compactInterval = period.compareTo(INTERVAL_MAX) > 0 ? INTERVAL_MAX : period;
    Duration tenth = compactInterval.dividedBy(NOTES_PER_INTERVAL);
    // A tenth of less than ten nanoseconds is nothing, which no clock can wait for.
    noteInterval = tenth.isZero() ? Duration.ofNanos(1) : tenth;
    notesMax = Math.toIntExact(period.dividedBy(noteInterval) + 1);
    wait = period;
    lastSuccessNanos = nowNanos;
    notes.addLast(revision);
  }

  @Override
  public Duration interval() {
    return noteInterval;
  }

  @Override
  public OptionalLong tick(long revision, boolean leader, long nowNanos) {
    long candidate = notes.getFirst();
    notes.addLast(revision);
    if (notes.size() > notesMax) {
      notes.removeFirst();
    }
    boolean due = nowNanos - lastSuccessNanos >= wait.toNanos() && candidate != lastRevision;
    if (!leader || !due) {
      return OptionalLong.empty();
    }
    wait = compactInterval;
    return OptionalLong.of(candidate);
  }

  @Override
  public void compacted(long revision, long nowNanos) {
    lastRevision = revision;
    lastSuccessNanos = nowNanos;
  }
}
