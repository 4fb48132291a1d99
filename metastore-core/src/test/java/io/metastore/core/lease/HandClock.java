package io.metastore.core.lease;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** A monotonic clock that moves when it is told to. It starts anywhere, as the real one does. */
final class HandClock implements LongSupplier {
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 3_000_000_000L);

  @Override
  public long getAsLong() {
    return nanos.get();
  }

  void move(Duration time) {
    nanos.addAndGet(time.toNanos());
  }
}
