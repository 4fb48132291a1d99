package io.metastore.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import org.junit.jupiter.api.Test;

final class BytesTest {
  private static Bytes of(int... bytes) {
    ByteBuffer buffer = ByteBuffer.allocate(bytes.length);
    for (int each : bytes) {
      buffer.put((byte) each);
    }
    return Bytes.copyOf(buffer.flip());
  }

  @Test
  void equalContentIsEqual() {
    assertEquals(Bytes.of("ä"), of(0xc3, 0xa4));
    assertEquals(Bytes.of("ä").hashCode(), of(0xc3, 0xa4).hashCode());
    assertNotEquals(Bytes.of("a"), Bytes.of("b"));
    assertEquals("ä", of(0xc3, 0xa4).utf8());
  }

  @Test
  void nobodyCanChangeThem() {
    byte[] source = {1, 2};
    Bytes bytes = Bytes.copyOf(source);
    source[0] = 9;
    bytes.toByteArray()[1] = 9;
    assertEquals(of(1, 2), bytes);
    assertThrows(ReadOnlyBufferException.class, () -> bytes.asByteBuffer().put((byte) 9));
  }

  @Test
  void copyLeavesTheBufferWhereItIs() {
    ByteBuffer buffer = ByteBuffer.wrap(new byte[] {1, 2, 3}).position(1);
    assertEquals(of(2, 3), Bytes.copyOf(buffer));
    assertEquals(1, buffer.position());
  }

  @Test
  void orderIsThatOfUnsignedBytesAndPrefixesComeFirst() {
    assertTrue(of(0x7f).compareTo(of(0x80)) < 0);
    assertTrue(of(1).compareTo(of(1, 0)) < 0);
    assertEquals(0, of(1, 2).compareTo(of(1, 2)));
    assertTrue(of(1, 2).startsWith(of(1)));
    assertFalse(of(1).startsWith(of(1, 2)));
    assertEquals(of(1, 2, 3), of(1).concat(of(2, 3)));
  }

  @Test
  void textIsShownAsTextAndTheRestAsHex() {
    assertEquals("/a/ä", Bytes.of("/a/ä").toString());
    assertEquals("0x00", of(0).toString());
    assertEquals("0xff41", of(0xff, 0x41).toString());
  }
}
