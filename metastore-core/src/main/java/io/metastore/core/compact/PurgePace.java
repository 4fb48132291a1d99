package io.metastore.core.compact;

/**
 * How long a purge rests after each step. What is removed costs the engine more than the step did,
 * later and in its own threads, so that while there are writes the rest is many times as long as
 * the step. Nobody writes: nobody minds. And a purge that is not done when the next mark comes is
 * given half of the rest, and so on, so that none falls behind for good.
 *
 * <p>Not thread-safe.
 */
final class PurgePace {
  /** No rest at all is left behind so many marks. */
  private static final int BEHIND_MAX = 16;

  private final int rest;
  private long written;
  private int behind;

  /**
   * Creates the pace of a store.
   *
   * @param rest how many times as long as a step the rest is while there are writes, at least 1
   * @param written the newest revision
   */
  PurgePace(int rest, long written) {
    this.rest = rest;
    this.written = written;
  }

  /** A mark came before what those before it made unreadable was removed. */
  void fellBehind() {
    behind = Math.min(behind + 1, BEHIND_MAX);
  }

  /** Everything is removed. */
  void caughtUp() {
    behind = 0;
  }

  /**
   * Tells how long to rest.
   *
   * @param stepNanos how long the step took to compute
   * @param newest the newest revision after it
   */
  long restNanos(long stepNanos, long newest) {
    boolean quiet = newest == written;
    written = newest;
    return quiet ? stepNanos : (rest * stepNanos) >> behind;
  }
}
