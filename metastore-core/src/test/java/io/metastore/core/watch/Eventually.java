package io.metastore.core.watch;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for a condition. */
final class Eventually {
  private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(20);
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  private Eventually() {}

  static void is(BooleanSupplier condition) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean() && System.nanoTime() - start < DEADLINE_NANOS) {
      LockSupport.parkNanos(LOOK_NANOS);
    }
    assertTrue(condition.getAsBoolean(), "did not come true in time");
  }
}
