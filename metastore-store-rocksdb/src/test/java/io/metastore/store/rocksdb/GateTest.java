package io.metastore.store.rocksdb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class GateTest {
  private final AtomicInteger emptied = new AtomicInteger();
  private final Gate gate = new Gate(emptied::incrementAndGet);

  @Test
  void emptyGateIsEmptiedByItsClose() {
    assertTrue(gate.tryEnter());
    gate.leave();
    assertEquals(0, emptied.get());
    assertTrue(gate.close());
    assertEquals(1, emptied.get());
    assertFalse(gate.close());
    assertFalse(gate.tryEnter());
    assertEquals(1, emptied.get());
  }

  @Test
  void lastToLeaveEmptiesAClosedGate() {
    assertTrue(gate.tryEnter());
    assertTrue(gate.tryEnter());
    assertTrue(gate.close());
    assertFalse(gate.tryEnter());
    gate.leave();
    assertEquals(0, emptied.get());
    gate.leave();
    assertEquals(1, emptied.get());
    assertFalse(gate.tryEnter());
    assertEquals(1, emptied.get());
  }

  @Test
  void nobodyIsInsideWhenTheGateIsEmptied() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      for (int round = 0; round < 2_000; round++) {
        AtomicBoolean freed = new AtomicBoolean();
        AtomicInteger frees = new AtomicInteger();
        Gate raced =
            new Gate(
                () -> {
                  freed.set(true);
                  frees.incrementAndGet();
                });
        AtomicInteger entries = new AtomicInteger();
        List<Future<?>> running = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
          running.add(
              threads.submit(
                  () -> {
                    while (raced.tryEnter()) {
                      assertFalse(freed.get(), "freed while a thread is inside");
                      raced.leave();
                      if (entries.incrementAndGet() == 30) {
                        raced.close();
                      }
                    }
                  }));
        }
        for (Future<?> one : running) {
          one.get(60, TimeUnit.SECONDS);
        }
        assertEquals(1, frees.get());
      }
    }
  }
}
