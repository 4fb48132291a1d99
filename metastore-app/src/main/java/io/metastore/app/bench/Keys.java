package io.metastore.app.bench;

import java.nio.charset.StandardCharsets;

/**
 * Which key the n-th request of a run names.
 *
 * <p>Keys are the prefix and a number, padded with zeros to the key size: {@code bench/0000000042}.
 * The number is a function of the seed and of n alone, so a run names the same keys in the same
 * order whatever the number of clients, and the threads share nothing.
 *
 * @param prefix what every key starts with
 * @param size length of a key in bytes, prefix included
 * @param space how many different keys there are
 * @param sequential true for 0, 1, 2, … (again from 0 at the end of the space), false for uniformly
 *     random numbers
 * @param seed picks the random sequence
 */
record Keys(String prefix, int size, long space, boolean sequential, long seed) {
  private static final long GOLDEN_GAMMA = 0x9E37_79B9_7F4A_7C15L;

  Keys {
    if (space < 1 || size < prefixBytes(prefix) + digits(space)) {
      throw new IllegalArgumentException(
          space + " keys of " + size + " bytes with prefix '" + prefix + "'");
    }
  }

  /** Decimal digits needed to number {@code space} keys from 0. */
  static int digits(long space) {
    return Long.toString(space - 1).length();
  }

  static int prefixBytes(String prefix) {
    return prefix.getBytes(StandardCharsets.UTF_8).length;
  }

  /** The key that request {@code n}, counted from 0, names. */
  byte[] forRequest(long n) {
    return numbered(numberFor(n));
  }

  /** The number of the key that request {@code n} names. */
  long numberFor(long n) {
    return sequential ? n % space : random(n);
  }

  /** The key with this number, 0 to {@code space - 1}. */
  byte[] numbered(long number) {
    byte[] start = prefix.getBytes(StandardCharsets.UTF_8);
    byte[] key = new byte[size];
    System.arraycopy(start, 0, key, 0, start.length);
    long rest = number;
    for (int i = size - 1; i >= start.length; i--) {
      key[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    return key;
  }

  private long random(long n) {
    // The high half of a 64 x 64 bit product spreads the hash over the space without a division.
    return Math.unsignedMultiplyHigh(mix(seed + (n + 1) * GOLDEN_GAMMA), space);
  }

  /** SplitMix64's finalizer: every input bit changes about half of the output bits. */
  static long mix(long z) {
    long a = (z ^ (z >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
    long b = (a ^ (a >>> 27)) * 0x94D0_49BB_1331_11EBL;
    return b ^ (b >>> 31);
  }
}
