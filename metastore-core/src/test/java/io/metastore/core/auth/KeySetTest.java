package io.metastore.core.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.api.storage.KeyRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class KeySetTest {
  private static final long SEED = 20261123;
  private static final int KEYS = 12;

  /** With one byte for each key, a set is a bit for each, and one for what lies behind all. */
  @Test
  void randomSetsCoverWhatTheirRangesHold() {
    Random random = new Random(SEED);
    for (int round = 0; round < 2000; round++) {
      List<KeyRange> ranges = new ArrayList<>();
      boolean[] held = new boolean[KEYS + 1];
      for (int i = random.nextInt(5); i > 0; i--) {
        int from = random.nextInt(KEYS);
        int to = random.nextInt(KEYS + 2);
        ranges.add(range(from, to));
        for (int key = from; key < Math.min(to, KEYS + 1); key++) {
          held[key] = true;
        }
      }
      KeySet set = KeySet.of(ranges);
      for (int from = 0; from < KEYS; from++) {
        for (int to = from + 1; to <= KEYS + 1; to++) {
          boolean all = true;
          for (int key = from; key < to; key++) {
            all &= held[key];
          }
          String message = "seed " + SEED + " round " + round + ": " + from + ".." + to;
          assertEquals(all, set.covers(range(from, to)), message);
        }
      }
    }
  }

  @Test
  void rangeWithoutKeysNeedsTheKeyThatItBeginsWith() {
    KeySet set = KeySet.of(List.of(range(3, 6)));
    assertTrue(set.covers(range(3, 3)));
    assertTrue(set.covers(range(5, 1)));
    assertFalse(set.covers(range(2, 2)));
    assertFalse(set.covers(range(6, 4)));
  }

  /** A range whose end is behind the last key has none. */
  private static KeyRange range(int from, int to) {
    byte[] first = {(byte) from};
    return to > KEYS ? KeyRange.from(first) : KeyRange.of(first, new byte[] {(byte) to});
  }
}
