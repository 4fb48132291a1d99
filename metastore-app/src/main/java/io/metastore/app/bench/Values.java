package io.metastore.app.bench;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The value that belongs to a key: bytes that do not compress and follow from key and size alone.
 *
 * <p>So whoever knows the key and the size can tell whether a stored value is whole, and nothing
 * but keys has to be written down to check a server after a crash.
 */
final class Values {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private Values() {}

  /** A new array of {@code size} bytes. */
  static byte[] of(byte[] key, int size) {
    long state = 0;
    for (byte b : key) {
      state = Keys.mix(state + b + 1);
    }
    byte[] value = new byte[size];
    int i = 0;
    for (; i + Long.BYTES <= size; i += Long.BYTES) {
      state = Keys.mix(state + i + 1);
      LONGS.set(value, i, state);
    }
    for (; i < size; i++) {
      state = Keys.mix(state + i + 1);
      value[i] = (byte) state;
    }
    return value;
  }
}
