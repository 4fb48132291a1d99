package io.metastore.core.mvcc;

import com.google.protobuf.ByteString;
import io.metastore.api.storage.KeyRange;

/** How etcd's pair of {@code key} and {@code range_end} names a range of keys. */
final class KeyRanges {
  private static final ByteString OPEN_END = ByteString.copyFrom(new byte[] {0});

  private KeyRanges() {}

  /** True when the pair names one key, not a range. */
  static boolean isSingle(ByteString rangeEnd) {
    return rangeEnd.isEmpty();
  }

  /** The range of a pair that is not single; {@code "\0"} as its end stands for no end. */
  static KeyRange of(ByteString key, ByteString rangeEnd) {
    return rangeEnd.equals(OPEN_END)
        ? KeyRange.from(key.toByteArray())
        : KeyRange.of(key.toByteArray(), rangeEnd.toByteArray());
  }
}
