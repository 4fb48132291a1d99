package io.metastore.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

final class KeysTest {
  private static Bytes bytes(int first, int second) {
    return Bytes.copyOf(new byte[] {(byte) first, (byte) second});
  }

  @Test
  void prefixEndsBeforeTheNextThatDoesNotBeginSo() {
    assertEquals(new Keys.Between(Bytes.of("/a/"), Bytes.of("/a0")), Keys.prefix("/a/"));
    assertEquals(new Keys.Between(bytes('a', 0xff), Bytes.of("b")), Keys.prefix(bytes('a', 0xff)));
    assertEquals(new Keys.From(bytes(0xff, 0xff)), Keys.prefix(bytes(0xff, 0xff)));
    assertEquals(Keys.all(), Keys.prefix(""));
  }

  @Test
  void rangeThatCanHoldNothingIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> Keys.between("", ""));
    assertThrows(IllegalArgumentException.class, () -> Keys.between("", "\0"));
  }
}
