package io.metastore.raft;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * How much of the log is kept behind what the engine has flushed, so that a member that was away
 * for a while, or is slow, catches up from the log and needs no image: what one more flush covers,
 * and what the slowest member lacks, within bounds.
 *
 * <p>Belongs to the flusher's thread.
 */
final class LogRetention {
  /** What a member lacks is kept for so many flushes, of 64 MiB of log each. */
  static final int FLUSHES_MAX = 8;

  private final LongConsumer purge;
  private final LongSupplier slowest;
  // The indexes of the last flushes, the oldest first.
  private final Deque<Long> flushes = new ArrayDeque<>();

  /**
   * Creates the rule.
   *
   * @param purge removes the log up to an index
   * @param slowest up to where every member has the log, as far as is known
   */
  LogRetention(LongConsumer purge, LongSupplier slowest) {
    this.purge = purge;
    this.slowest = slowest;
  }

  /** The engine was flushed and has everything up to an index. */
  void flushed(long index) {
    if (!flushes.isEmpty()) {
      long all = Math.min(flushes.getLast(), slowest.getAsLong());
      long tooOld = flushes.size() == FLUSHES_MAX ? flushes.removeFirst() : -1;
      if (Math.max(all, tooOld) >= 0) {
        purge.accept(Math.max(all, tooOld));
      }
    }
    flushes.addLast(index);
  }
}
