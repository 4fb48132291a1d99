package io.metastore.core.mvcc;

import com.google.protobuf.ByteString;
import io.metastore.api.storage.KeyRange;
import java.util.Arrays;

/** How etcd's pair of {@code key} and {@code range_end} names a range of keys. */
public final class KeyRanges {
  private static final ByteString OPEN_END = ByteString.copyFrom(new byte[] {0});

  private KeyRanges() {}

  /** True when the pair names one key, not a range. */
  static boolean isSingle(ByteString rangeEnd) {
    return rangeEnd.isEmpty();
  }

  /** The keys that a pair names, be it one key or a range. */
  public static KeyRange covered(ByteString key, ByteString rangeEnd) {
    if (!isSingle(rangeEnd)) {
      return of(key, rangeEnd);
    }
    byte[] from = key.toByteArray();
    return KeyRange.of(from, Arrays.copyOf(from, from.length + 1));
  }

  /** True when no key is outside: the smallest there can be is one zero. */
  static boolean isEverything(KeyRange range) {
    return range.to().isEmpty()
        && (range.from().length == 0 || (range.from().length == 1 && range.from()[0] == 0));
  }

  /** The range of a pair that is not single; {@code "\0"} as its end stands for no end. */
  static KeyRange of(ByteString key, ByteString rangeEnd) {
    return rangeEnd.equals(OPEN_END)
        ? KeyRange.from(key.toByteArray())
        : KeyRange.of(key.toByteArray(), rangeEnd.toByteArray());
  }
}
