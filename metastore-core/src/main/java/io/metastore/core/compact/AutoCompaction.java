package io.metastore.core.compact;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * When a leader compacts by itself, and what. Time is passed in, on any monotonic clock.
 *
 * <p>Belongs to one thread.
 */
public sealed interface AutoCompaction permits PeriodicCompaction, RevisionCompaction {
  /** The time from one {@link #tick} to the next. */
  Duration interval();

  /**
   * Looks whether it is time. Called on every member, so that one that becomes the leader knows the
   * past.
   *
   * @param revision the store's current revision
   * @param leader whether this member may compact now
   * @return the revision to compact at, if it is time
   */
  OptionalLong tick(long revision, boolean leader, long nowNanos);

  /** Told when a compaction that {@link #tick} asked for was done, by whomever. */
  void compacted(long revision, long nowNanos);
}
