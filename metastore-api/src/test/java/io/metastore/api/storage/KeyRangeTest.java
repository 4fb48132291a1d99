package io.metastore.api.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class KeyRangeTest {
  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  @Test
  void boundsAreInclusiveAndExclusiveUnderUnsignedOrder() {
    KeyRange range = KeyRange.of(bytes(0x7F), bytes(0x80, 1));
    assertTrue(range.contains(bytes(0x7F)));
    assertTrue(range.contains(bytes(0x7F, 0xFF)));
    assertTrue(range.contains(bytes(0x80)));
    assertTrue(range.contains(bytes(0x80, 0, 5)));
    assertFalse(range.contains(bytes(0x80, 1)));
    assertFalse(range.contains(bytes(0x7E, 0xFF)));
    assertFalse(range.contains(bytes()));
  }

  @Test
  void rangeWithoutEndHasEveryLaterKey() {
    assertTrue(KeyRange.from(bytes(5)).contains(bytes(0xFF, 0xFF)));
    assertFalse(KeyRange.from(bytes(5)).contains(bytes(4)));
    assertTrue(KeyRange.all().contains(bytes()));
    assertFalse(KeyRange.all().isEmpty());
  }

  @Test
  void rangeThatEndsBeforeItBeginsIsEmpty() {
    assertTrue(KeyRange.of(bytes(2), bytes(1)).isEmpty());
    assertTrue(KeyRange.of(bytes(2), bytes(2)).isEmpty());
    assertTrue(KeyRange.of(bytes(), bytes()).isEmpty());
    assertFalse(KeyRange.of(bytes(2), bytes(2, 0)).isEmpty());
    assertFalse(KeyRange.of(bytes(2), bytes(2)).contains(bytes(2)));
  }

  @Test
  void prefixEndsBehindItsLastKey() {
    assertEquals(KeyRange.of(bytes(1, 2), bytes(1, 3)), KeyRange.prefix(bytes(1, 2)));
    assertEquals(KeyRange.of(bytes(1, 0xFF), bytes(2)), KeyRange.prefix(bytes(1, 0xFF)));
    assertEquals(KeyRange.of(bytes(0x7F), bytes(0x80)), KeyRange.prefix(bytes(0x7F)));
    assertEquals(KeyRange.from(bytes(0xFF, 0xFF)), KeyRange.prefix(bytes(0xFF, 0xFF)));
    assertEquals(KeyRange.all(), KeyRange.prefix(bytes()));
  }

  @Test
  void equalityIsByContent() {
    assertEquals(KeyRange.of(bytes(1), bytes(2)), KeyRange.of(bytes(1), bytes(2)));
    assertEquals(
        KeyRange.of(bytes(1), bytes(2)).hashCode(), KeyRange.of(bytes(1), bytes(2)).hashCode());
    assertNotEquals(KeyRange.of(bytes(1), bytes(2)), KeyRange.of(bytes(1), bytes(3)));
    assertNotEquals(KeyRange.of(bytes(1), bytes(2)), KeyRange.from(bytes(1)));
  }
}
