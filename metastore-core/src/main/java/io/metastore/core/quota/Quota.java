package io.metastore.core.quota;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Whether this member's store has room for more. The engine is asked for its size ten times a
 * second at most; in between, what was let through counts by its cost.
 *
 * <p>Thread-safe.
 */
public final class Quota {
  /** As in etcd, what a quota of 0 stands for. */
  public static final long DEFAULT_BYTES = 2L << 30;

  /** No limit but the disk's, as any negative number. */
  public static final long UNLIMITED = -1;

  private static final long REFRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /** An alarm ends by itself only below this share of the quota, or it would be back at once. */
  private static final double ROOM_AGAIN = 0.9;

  private final long quotaBytes;
  private final LongSupplier sizeBytes;
  private final LongSupplier nanoTime;
  private final AtomicLong nextRefresh;
  private final AtomicLong usedBytes = new AtomicLong();

  /**
   * Creates a quota.
   *
   * @param quotaBytes 0 for {@link #DEFAULT_BYTES}, negative for none
   * @param sizeBytes the store's size
   * @param nanoTime a monotonic clock
   */
  public Quota(long quotaBytes, LongSupplier sizeBytes, LongSupplier nanoTime) {
    this.quotaBytes = quotaBytes == 0 ? DEFAULT_BYTES : quotaBytes;
    this.sizeBytes = sizeBytes;
    this.nanoTime = nanoTime;
    this.nextRefresh = new AtomicLong(nanoTime.getAsLong());
  }

  /** The quota in bytes, negative for none. */
  public long bytes() {
    return quotaBytes;
  }

  /** Lets a command through that costs so many bytes, or does not. */
  public boolean admits(long cost) {
    if (quotaBytes < 0 || cost == 0) {
      return true;
    }
    if (used() + cost >= quotaBytes) {
      // A refusal raises the alarm, so it must not rest on a figure that is out of date.
      usedBytes.set(sizeBytes.getAsLong());
      if (usedBytes.get() + cost >= quotaBytes) {
        return false;
      }
    }
    usedBytes.addAndGet(cost);
    return true;
  }

  /** True when enough room has come back for an alarm to end by itself. */
  public boolean hasRoomAgain() {
    return quotaBytes < 0 || sizeBytes.getAsLong() < quotaBytes * ROOM_AGAIN;
  }

  private long used() {
    long now = nanoTime.getAsLong();
    long due = nextRefresh.get();
    if (now - due >= 0 && nextRefresh.compareAndSet(due, now + REFRESH_NANOS)) {
      usedBytes.set(sizeBytes.getAsLong());
    }
    return usedBytes.get();
  }
}
