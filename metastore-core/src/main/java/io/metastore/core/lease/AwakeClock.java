package io.metastore.core.lease;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * A monotonic clock that leaves out the time in which this member did not run: stopped, suspended
 * with its machine, or kept from proving that it leads. Clients could not renew in that time, so
 * their leases must not grow older in it.
 *
 * <p>{@link #beat} belongs to one thread, everything else to any.
 */
final class AwakeClock {
  private final LongSupplier nanoTime;
  private final long gapNanosMax;
  private final long start;
  private final AtomicLong leftOut = new AtomicLong();
  // Written by the thread that beats alone.
  private long lastBeat;

  /**
   * Starts near 0.
   *
   * @param nanoTime the clock below
   * @param gapNanosMax longest time between beats that counts in full
   */
  AwakeClock(LongSupplier nanoTime, long gapNanosMax) {
    this.nanoTime = nanoTime;
    this.gapNanosMax = gapNanosMax;
    this.start = nanoTime.getAsLong();
    this.lastBeat = start;
  }

  /** Notes that the member runs. */
  void beat() {
    long beat = nanoTime.getAsLong();
    long gap = beat - lastBeat;
    lastBeat = beat;
    if (gap > gapNanosMax) {
      leftOut.addAndGet(gap - gapNanosMax);
    }
  }

  /** Moves the clock forward. */
  void skip(long nanos) {
    leftOut.addAndGet(-nanos);
  }

  /** Nanoseconds; after a long gap it falls back a little with the next beat. */
  long now() {
    return nanoTime.getAsLong() - start - leftOut.get();
  }
}
