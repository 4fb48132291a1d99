package io.metastore.store.rocksdb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** How fast files may be written, by what was committed. */
final class FileRateTest {
  private static final long MIB = 1L << 20;
  private static final long TENTH = 100_000_000;

  @Test
  void aBurstIsFollowedAtOnce() {
    assertEquals(8 * 1000 * MIB, FileRate.next(32 * MIB, 100 * MIB, TENTH));
  }

  @Test
  void behindABurstThereIsTimeToMerge() {
    long rate = 800 * MIB;
    int periods = 0;
    while (rate > FileRate.BYTES_PER_SECOND_MIN) {
      long next = FileRate.next(rate, 0, TENTH);
      assertTrue(next < rate, () -> "it stays at " + next);
      rate = next;
      periods++;
    }
    assertTrue(periods > 20, periods + " tenths of a second");
  }

  @Test
  void littleIsCommittedAndTheRateIsTheLeast() {
    assertEquals(FileRate.BYTES_PER_SECOND_MIN, FileRate.next(32 * MIB, 1000, TENTH));
    assertEquals(FileRate.BYTES_PER_SECOND_MIN, FileRate.next(32 * MIB, 0, 3_600_000_000_000L));
    assertEquals(FileRate.BYTES_PER_SECOND_MIN, FileRate.next(32 * MIB, 0, 0));
  }
}
