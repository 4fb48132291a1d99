package io.metastore.api;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * An immutable sequence of bytes: a key or a value. Text becomes UTF-8. Ordered as the store orders
 * keys: byte by byte, unsigned, a prefix before what it begins.
 */
public final class Bytes implements Comparable<Bytes> {
  /** No bytes. */
  public static final Bytes EMPTY = new Bytes(new byte[0]);

  private final byte[] bytes;

  private Bytes(byte[] bytes) {
    this.bytes = bytes;
  }

  /** The UTF-8 bytes of a text. */
  public static Bytes of(String text) {
    return new Bytes(text.getBytes(StandardCharsets.UTF_8));
  }

  /** A copy of an array. */
  public static Bytes copyOf(byte[] bytes) {
    return new Bytes(bytes.clone());
  }

  /** A copy of what is left in a buffer, whose position stays where it is. */
  public static Bytes copyOf(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(buffer.position(), bytes);
    return new Bytes(bytes);
  }

  /** How many bytes there are. */
  public int size() {
    return bytes.length;
  }

  /** True when there are none. */
  public boolean isEmpty() {
    return bytes.length == 0;
  }

  /** True when these bytes begin with those. */
  public boolean startsWith(Bytes prefix) {
    return bytes.length >= prefix.bytes.length
        && Arrays.equals(bytes, 0, prefix.bytes.length, prefix.bytes, 0, prefix.bytes.length);
  }

  /** These bytes and then those. */
  public Bytes concat(Bytes other) {
    byte[] both = Arrays.copyOf(bytes, bytes.length + other.bytes.length);
    System.arraycopy(other.bytes, 0, both, bytes.length, other.bytes.length);
    return new Bytes(both);
  }

  /** A copy as an array. */
  public byte[] toByteArray() {
    return bytes.clone();
  }

  /** A read-only buffer over these bytes, without a copy. */
  public ByteBuffer asByteBuffer() {
    return ByteBuffer.wrap(bytes).asReadOnlyBuffer();
  }

  /** These bytes read as UTF-8; what is not becomes U+FFFD. */
  public String utf8() {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Override
  public int compareTo(Bytes other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** For people: the text when it is one that can be printed, otherwise {@code 0x} and hex. */
  @Override
  public String toString() {
    try {
      CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      if (text.codePoints().noneMatch(Character::isISOControl)) {
        return text.toString();
      }
    } catch (CharacterCodingException e) {
      // Not a text: hex, then.
    }
    return "0x" + HexFormat.of().formatHex(bytes);
  }
}
