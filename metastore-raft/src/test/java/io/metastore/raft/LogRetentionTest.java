package io.metastore.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** How much of the log is kept for others. */
class LogRetentionTest {
  private final List<Long> purged = new ArrayList<>();
  private final AtomicLong slowest = new AtomicLong(Long.MAX_VALUE);
  private final LogRetention retention = new LogRetention(purged::add, slowest::get);

  @Test
  void whatOneMoreFlushCoversIsKept() {
    retention.flushed(100);
    assertEquals(List.of(), purged);
    retention.flushed(200);
    retention.flushed(300);
    assertEquals(List.of(100L, 200L), purged);
  }

  @Test
  void whatTheSlowestMemberLacksIsKeptUntilItIsTooMuch() {
    slowest.set(50);
    for (long index = 100; index <= 100L * LogRetention.FLUSHES_MAX; index += 100) {
      retention.flushed(index);
    }
    assertEquals(List.of(50L), purged.stream().distinct().toList());
    purged.clear();
    retention.flushed(100L * LogRetention.FLUSHES_MAX + 100);
    retention.flushed(100L * LogRetention.FLUSHES_MAX + 200);
    assertEquals(List.of(100L, 200L), purged);
    purged.clear();
    slowest.set(450);
    retention.flushed(100L * LogRetention.FLUSHES_MAX + 300);
    assertEquals(List.of(450L), purged);
  }

  @Test
  void aMemberOfWhichNothingIsKnownKeepsAll() {
    slowest.set(-1);
    retention.flushed(100);
    retention.flushed(200);
    assertEquals(List.of(), purged);
  }
}
