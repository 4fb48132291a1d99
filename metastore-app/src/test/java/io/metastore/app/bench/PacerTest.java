package io.metastore.app.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class PacerTest {
  private final AtomicLong clock = new AtomicLong(5_000);

  @Test
  void requestsAreDueAtTheRate() {
    Pacer pacer = new Pacer(OptionalDouble.of(1000), clock::get);
    assertEquals(5_000, pacer.nextDueNanos());
    assertEquals(1_005_000, pacer.nextDueNanos());
    assertEquals(2_005_000, pacer.nextDueNanos());
  }

  @Test
  void aStallDoesNotMoveTheSchedule() {
    Pacer pacer = new Pacer(OptionalDouble.of(1000), clock::get);
    pacer.nextDueNanos();
    clock.addAndGet(1_000_000_000);
    assertEquals(1_005_000, pacer.nextDueNanos());
  }

  @Test
  void roundingDoesNotAddUp() {
    Pacer pacer = new Pacer(OptionalDouble.of(3), clock::get);
    for (int i = 0; i < 3_000_000; i++) {
      pacer.nextDueNanos();
    }
    assertEquals(5_000 + 1_000_000L * 1_000_000_000L, pacer.nextDueNanos());
  }

  @Test
  void withoutARateARequestIsDueNow() {
    Pacer pacer = new Pacer(OptionalDouble.empty(), clock::get);
    pacer.nextDueNanos();
    clock.addAndGet(77);
    assertEquals(5_077, pacer.nextDueNanos());
  }
}
