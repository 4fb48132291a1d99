package io.metastore.core.compact;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Ten revisions are written between one look and the next. */
final class AutoCompactionTest {
  private long now = 17;
  private long revision = 1;

  private OptionalLong tick(AutoCompaction policy, boolean leader) {
    now += policy.interval().toNanos();
    revision += 10;
    return policy.tick(revision, leader, now);
  }

  /** Looks so often, each time in vain, and then once more. */
  private OptionalLong tickAfter(AutoCompaction policy, int inVain) {
    for (int i = 0; i < inVain; i++) {
      assertEquals(OptionalLong.empty(), tick(policy, true), "look " + (i + 1));
    }
    return tick(policy, true);
  }

  @Test
  void aShortPeriodIsCompactedOncePerPeriod() {
    AutoCompaction policy = new PeriodicCompaction(Duration.ofMinutes(10), revision, now);
    assertEquals(Duration.ofMinutes(1), policy.interval());
    assertEquals(OptionalLong.of(1), tickAfter(policy, 9), "what was current 10 minutes ago");
    policy.compacted(1, now);
    assertEquals(OptionalLong.of(91), tickAfter(policy, 9), "as in etcd, one note further back");
  }

  @Test
  void aPeriodOfNanosecondsIsOne() {
    AutoCompaction policy = new PeriodicCompaction(Duration.ofNanos(9), revision, now);
    assertEquals(Duration.ofNanos(1), policy.interval());
    assertEquals(OptionalLong.of(1), tickAfter(policy, 8));
  }

  @Test
  void aLongPeriodIsCompactedEveryHourOnceItIsOver() {
    AutoCompaction policy = new PeriodicCompaction(Duration.ofHours(5), revision, now);
    assertEquals(Duration.ofMinutes(6), policy.interval());
    assertEquals(OptionalLong.of(1), tickAfter(policy, 49));
    policy.compacted(1, now);
    assertEquals(OptionalLong.of(91), tickAfter(policy, 9), "as in etcd, one note further back");
  }

  @Test
  void aFailedCompactionIsTriedAgainAtTheNextLook() {
    AutoCompaction policy = new PeriodicCompaction(Duration.ofMinutes(10), revision, now);
    assertEquals(OptionalLong.of(1), tickAfter(policy, 9));
    assertEquals(OptionalLong.of(1), tick(policy, true));
    assertEquals(OptionalLong.of(11), tick(policy, true));
  }

  @Test
  void aFollowerOnlyTakesNotes() {
    AutoCompaction policy = new PeriodicCompaction(Duration.ofMinutes(10), revision, now);
    for (int i = 0; i < 15; i++) {
      assertEquals(OptionalLong.empty(), tick(policy, false));
    }
    assertEquals(OptionalLong.of(51), tick(policy, true), "at once, with the past at hand");
  }

  @Test
  void revisionsAreKeptByNumber() {
    AutoCompaction policy = new RevisionCompaction(15);
    assertEquals(Duration.ofMinutes(5), policy.interval());
    assertEquals(OptionalLong.empty(), tick(policy, true), "there are not so many");
    assertEquals(OptionalLong.of(6), tick(policy, true));
    policy.compacted(6, now);
    revision -= 10;
    assertEquals(OptionalLong.empty(), tick(policy, true), "nothing was written meanwhile");
    assertEquals(OptionalLong.empty(), tick(policy, false));
    assertEquals(OptionalLong.of(26), tick(policy, true));
  }
}
