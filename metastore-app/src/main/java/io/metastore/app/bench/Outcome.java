package io.metastore.app.bench;

import java.time.Duration;
import java.util.SortedMap;
import org.HdrHistogram.AbstractHistogram;

/**
 * What a run measured.
 *
 * @param latencyNanos of the requests that succeeded
 * @param errors the others, counted by text
 * @param elapsed from the first request to the last answer
 * @param cpu this process's CPU time over the run
 * @param outstanding requests without an answer when the run gave up; their effect is unknown
 */
record Outcome(
    AbstractHistogram latencyNanos,
    SortedMap<String, Long> errors,
    Duration elapsed,
    Duration cpu,
    long outstanding) {

  /** Requests that succeeded. */
  long succeeded() {
    return latencyNanos.getTotalCount();
  }

  /** Requests that failed. */
  long failed() {
    return errors.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Requests that succeeded, per second; 0 for an empty run. */
  double perSecond() {
    return elapsed.isZero() ? 0 : succeeded() * 1e9 / elapsed.toNanos();
  }

  /** True when every request was sent, answered and answered right. */
  boolean isClean() {
    return errors.isEmpty() && outstanding == 0;
  }
}
