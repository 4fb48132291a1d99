package io.metastore.api.storage;

import java.util.Arrays;
import java.util.Optional;

/**
 * A half-open interval of keys under unsigned lexicographic order.
 *
 * <p>The arrays are not copied, neither in nor out: nobody may change them. Equality is by content.
 *
 * @param from first key of the range; the empty array is the smallest key there is
 * @param to first key behind the range, or empty for no upper bound
 */
// Arrays on purpose, with equality by content below: a range is made for every read.
@SuppressWarnings("ArrayRecordComponent")
public record KeyRange(byte[] from, Optional<byte[]> to) {
  private static final KeyRange ALL = new KeyRange(new byte[0], Optional.empty());

  /** Every key. */
  public static KeyRange all() {
    return ALL;
  }

  /** Keys from {@code from} on, with no upper bound. */
  public static KeyRange from(byte[] from) {
    return new KeyRange(from, Optional.empty());
  }

  /** Keys from {@code from}, included, to {@code to}, excluded; none when {@code to <= from}. */
  public static KeyRange of(byte[] from, byte[] to) {
    return new KeyRange(from, Optional.of(to));
  }

  /** Keys that start with {@code prefix}; every key when it is empty. */
  public static KeyRange prefix(byte[] prefix) {
    for (int i = prefix.length - 1; i >= 0; i--) {
      if (prefix[i] != (byte) 0xFF) {
        byte[] end = Arrays.copyOf(prefix, i + 1);
        end[i]++;
        return of(prefix, end);
      }
    }
    return from(prefix);
  }

  /** True when no key can lie in the range. */
  public boolean isEmpty() {
    return to.isPresent() && Arrays.compareUnsigned(to.get(), from) <= 0;
  }

  /** True when {@code key} lies in the range. */
  public boolean contains(byte[] key) {
    return Arrays.compareUnsigned(key, from) >= 0
        && (to.isEmpty() || Arrays.compareUnsigned(key, to.get()) < 0);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof KeyRange range
        && Arrays.equals(from, range.from)
        && Arrays.equals(to.orElse(null), range.to.orElse(null));
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(from) + Arrays.hashCode(to.orElse(null));
  }
}
