package io.metastore.app.bench;

import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Says when the next request should be sent.
 *
 * <p>With a rate, the n-th request is due {@code n / rate} seconds after the start, however late
 * the ones before it were. A client that comes late sends at once, and its latency is taken from
 * the time at which the request was due: a server that stalls for a second is charged for each
 * request that should have been sent in that second (no coordinated omission). Without a rate a
 * request is due when it is asked for.
 *
 * <p>Safe for use from any thread.
 */
final class Pacer {
  private final LongSupplier nanoClock;
  private final OptionalDouble perSecond;
  private final long startNanos;
  private final AtomicLong taken = new AtomicLong();

  /**
   * Starts the schedule now.
   *
   * @param nanoClock a monotonic clock, as {@link System#nanoTime}
   */
  Pacer(OptionalDouble perSecond, LongSupplier nanoClock) {
    this.perSecond = perSecond;
    this.nanoClock = nanoClock;
    this.startNanos = nanoClock.getAsLong();
  }

  /** When the next request is due, on the given clock; each call takes one place. */
  long nextDueNanos() {
    if (perSecond.isEmpty()) {
      return nanoClock.getAsLong();
    }
    // From the count, not from the place before: rounding must not add up over a long run.
    return startNanos + (long) (taken.getAndIncrement() * 1e9 / perSecond.getAsDouble());
  }
}
