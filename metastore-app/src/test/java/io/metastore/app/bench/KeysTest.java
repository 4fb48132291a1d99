package io.metastore.app.bench;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class KeysTest {
  private static String text(byte[] key) {
    return new String(key, StandardCharsets.UTF_8);
  }

  @Test
  void sequentialKeysCountUpAndStartAgain() {
    Keys keys = new Keys("k/", 6, 3, true, 1);
    assertEquals("k/0000", text(keys.forRequest(0)));
    assertEquals("k/0002", text(keys.forRequest(2)));
    assertEquals("k/0000", text(keys.forRequest(3)));
  }

  @Test
  void sameSeedNamesTheSameKeys() {
    Keys first = new Keys("k/", 16, 1_000_000, false, 7);
    Keys again = new Keys("k/", 16, 1_000_000, false, 7);
    Keys other = new Keys("k/", 16, 1_000_000, false, 8);
    for (int n = 0; n < 100; n++) {
      assertArrayEquals(first.forRequest(n), again.forRequest(n));
      assertNotEquals(text(first.forRequest(n)), text(other.forRequest(n)));
    }
  }

  @Test
  void randomKeysAreUniform() {
    int space = 100;
    int draws = 100_000;
    Keys keys = new Keys("", 2, space, false, 42);
    int[] counts = new int[space];
    IntStream.range(0, draws).forEach(n -> counts[Integer.parseInt(text(keys.forRequest(n)))]++);
    // Chi-squared with 99 degrees of freedom is below 149 in 999 of 1000 seeds; this one is fixed.
    double mean = (double) draws / space;
    double chiSquared =
        Arrays.stream(counts).mapToDouble(c -> (c - mean) * (c - mean) / mean).sum();
    assertTrue(chiSquared < 149, "chi-squared " + chiSquared);
  }

  @Test
  void keysThatDoNotFitAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Keys("k/", 3, 11, true, 1));
  }

  @Test
  void valueFollowsFromKeyAndSize() {
    byte[] key = "k/1".getBytes(StandardCharsets.UTF_8);
    byte[] other = "k/2".getBytes(StandardCharsets.UTF_8);
    assertArrayEquals(Values.of(key, 13), Values.of(key, 13));
    assertEquals(13, Values.of(key, 13).length);
    assertNotEquals(Arrays.toString(Values.of(key, 13)), Arrays.toString(Values.of(other, 13)));
    assertEquals(0, Values.of(key, 0).length);
  }
}
