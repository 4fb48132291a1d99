package io.metastore.store.rocksdb;

import java.util.concurrent.TimeUnit;
import org.rocksdb.RateLimiter;

/**
 * How fast RocksDB may write files: a multiple of what commits bring. Files that are written as
 * fast as the disk takes them make the fsyncs of the Raft log wait; but commits wait for the flush
 * of those before them, so that a rate that lags behind them, as that which RocksDB finds by itself
 * does for minutes, would hold them up.
 *
 * <p>Belongs to the thread that commits.
 */
final class FileRate {
  static final long BYTES_PER_SECOND_MIN = 32L << 20;

  /** Each byte is flushed, and then merged from level to level. */
  private static final int WRITTEN_PER_COMMITTED = 8;

  private static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final RateLimiter limiter;
  private long bytesPerSecond = BYTES_PER_SECOND_MIN;
  private long periodBegan = System.nanoTime();
  private long committed;

  /**
   * Adjusts a limiter from now on.
   *
   * @param limiter set to {@link #BYTES_PER_SECOND_MIN}; its owner closes it
   */
  FileRate(RateLimiter limiter) {
    this.limiter = limiter;
  }

  /** A commit of so many bytes was made, or is about to be. */
  void committed(long bytes) {
    committed += bytes;
    long now = System.nanoTime();
    long nanos = now - periodBegan;
    if (nanos >= PERIOD_NANOS) {
      long next = next(bytesPerSecond, committed, nanos);
      if (next != bytesPerSecond) {
        bytesPerSecond = next;
        limiter.setBytesPerSecond(next);
      }
      periodBegan = now;
      committed = 0;
    }
  }

  /** The rate behind a period: it rises at once, and falls by an eighth, as merges come later. */
  static long next(long rate, long committedBytes, long nanos) {
    double wanted =
        (double) WRITTEN_PER_COMMITTED * committedBytes * SECOND_NANOS / Math.max(1, nanos);
    return Math.max(BYTES_PER_SECOND_MIN, Math.max((long) wanted, rate - rate / 8));
  }
}
