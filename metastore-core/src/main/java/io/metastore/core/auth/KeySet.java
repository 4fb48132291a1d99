package io.metastore.core.auth;

import io.metastore.api.storage.KeyRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A set of keys, as intervals that neither overlap nor touch, in their order. Immutable.
 *
 * <pre>
 *   [a, c) and [c, e) and [x, ∞)   →   [a, e)  [x, ∞)
 *   covers [b, d): the last interval that begins at or before b is [a, e), and it reaches to d
 * </pre>
 */
final class KeySet {
  private final List<KeyRange> intervals;

  private KeySet(List<KeyRange> intervals) {
    this.intervals = List.copyOf(intervals);
  }

  /** The keys of all ranges together. */
  static KeySet of(List<KeyRange> ranges) {
    List<KeyRange> sorted =
        ranges.stream()
            .filter(range -> !range.isEmpty())
            .sorted(Comparator.comparing(KeyRange::from, Arrays::compareUnsigned))
            .toList();
    List<KeyRange> merged = new ArrayList<>();
    for (KeyRange range : sorted) {
      if (!merged.isEmpty() && reaches(merged.getLast(), range.from())) {
        merged.add(joined(merged.removeLast(), range));
      } else {
        merged.add(range);
      }
    }
    return new KeySet(merged);
  }

  private static KeyRange joined(KeyRange first, KeyRange second) {
    Optional<byte[]> end =
        first.to().isEmpty() || second.to().isEmpty()
            ? Optional.empty()
            : Optional.of(later(first.to().get(), second.to().get()));
    return new KeyRange(first.from(), end);
  }

  private static byte[] later(byte[] a, byte[] b) {
    return Arrays.compareUnsigned(a, b) >= 0 ? a : b;
  }

  private static boolean reaches(KeyRange interval, byte[] key) {
    return interval.to().isEmpty() || Arrays.compareUnsigned(interval.to().get(), key) >= 0;
  }

  /** Whether all keys of a range are in the set. */
  boolean covers(KeyRange range) {
    int low = 0;
    int high = intervals.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      if (Arrays.compareUnsigned(intervals.get(middle).from(), range.from()) <= 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return high >= 0 && holds(intervals.get(high), range);
  }

  /** As in etcd, where a range without keys needs the key that it begins with. */
  private static boolean holds(KeyRange interval, KeyRange range) {
    return interval.contains(range.from())
        && (interval.to().isEmpty()
            || (range.to().isPresent() && reaches(interval, range.to().get())));
  }
}
