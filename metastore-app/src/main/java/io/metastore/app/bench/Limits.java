package io.metastore.app.bench;

import java.time.Duration;
import java.util.OptionalDouble;

/**
 * When a run ends and how fast it may go.
 *
 * @param total requests to send; {@link Long#MAX_VALUE} for no limit
 * @param duration no request is sent later than this
 * @param perSecond rate of all clients together; empty for as fast as the server answers
 * @param giveUp the run ends when no request has succeeded for this long
 */
record Limits(long total, Duration duration, OptionalDouble perSecond, Duration giveUp) {
  /** A duration that no run reaches: a hundred years in nanoseconds still fit a long. */
  static final Duration UNLIMITED = Duration.ofDays(36_500);

  /** The same with another end. */
  Limits ending(long newTotal, Duration newDuration) {
    return new Limits(newTotal, newDuration, perSecond, giveUp);
  }
}
