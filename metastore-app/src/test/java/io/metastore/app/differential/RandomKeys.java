package io.metastore.app.differential;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.metastore.core.message.PutRequest;
import io.metastore.core.message.TxnRequest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * Keys, ends of ranges and values of random programs. There are so few keys that most requests meet
 * one that exists: prefixes of one another, and with the bytes that have a meaning in etcd's
 * ranges.
 */
final class RandomKeys {
  private static final List<ByteString> KEYS =
      Stream.of(
              "a",
              "ab",
              "abc",
              "ac",
              "b",
              "b\0",
              "b\0\0",
              "b\u00ff",
              "b\u00ff\u00ff",
              "c",
              "\0",
              "\0\0",
              "\u00ff",
              "\u00ff\u00ff",
              "\u007f",
              "\u0080")
          .map(RandomKeys::bytes)
          .toList();

  private static final ByteString ZERO = bytes("\0");
  private static final int LARGE_BYTES = 30_000;

  /** Above the limit of 1.5 MiB, below the one of gRPC. */
  private static final int TOO_LARGE_BYTES = 1_600_000;

  /** Above both. */
  private static final int UNREAD_BYTES = 2_200_000;

  private static final int HEAVY_BYTES = 240_000;

  private final RandomGenerator random;

  RandomKeys(RandomGenerator random) {
    this.random = random;
  }

  /** A key and the end of its range, which is empty for the key alone. */
  record Range(ByteString key, ByteString end) {}

  private static ByteString bytes(String latin) {
    return ByteString.copyFrom(latin, StandardCharsets.ISO_8859_1);
  }

  /** A transaction that puts every key there is. */
  static TxnRequest putAll() {
    TxnRequest.Builder txn = TxnRequest.newBuilder();
    for (ByteString key : KEYS) {
      txn.addSuccessBuilder().getRequestPutBuilder().setKey(key);
    }
    return txn.build();
  }

  ByteString key() {
    return random.nextInt(150) == 0 ? ByteString.EMPTY : KEYS.get(random.nextInt(KEYS.size()));
  }

  /** All shapes, half of them single keys. Some of the ends are not after the key. */
  Range range() {
    ByteString key = key();
    return switch (random.nextInt(16)) {
      case 0, 1, 2, 3 -> new Range(key, key());
      case 4, 5 -> new Range(key, afterPrefix(key));
      case 6 -> new Range(key, ZERO);
      case 7 -> new Range(ZERO, ZERO);
      default -> new Range(key, ByteString.EMPTY);
    };
  }

  /** The key after the last one that begins with a prefix, as clients compute it. */
  private static ByteString afterPrefix(ByteString prefix) {
    for (int last = prefix.size() - 1; last >= 0; last--) {
      if (prefix.byteAt(last) != (byte) 0xff) {
        byte[] end = prefix.substring(0, last + 1).toByteArray();
        end[last]++;
        return ByteString.copyFrom(end);
      }
    }
    return ZERO;
  }

  /** The first few keys. */
  static List<ByteString> some(int count) {
    return KEYS.subList(0, count);
  }

  /** Every key there is. */
  static Range all() {
    return new Range(ZERO, ZERO);
  }

  /** A put of a value so large that a request holds only a few. */
  PutRequest heavy(ByteString key) {
    return PutRequest.newBuilder().setKey(key).setValue(filled(HEAVY_BYTES)).build();
  }

  ByteString value() {
    int kind = random.nextInt(1000);
    if (kind < 150) {
      return ByteString.EMPTY;
    }
    if (kind < 990) {
      return bytes("v" + random.nextInt(6));
    }
    return filled(
        switch (kind) {
          case 998 -> UNREAD_BYTES;
          case 999 -> TOO_LARGE_BYTES;
          default -> LARGE_BYTES + random.nextInt(100);
        });
  }

  private ByteString filled(int bytes) {
    byte[] large = new byte[bytes];
    Arrays.fill(large, (byte) ('A' + random.nextInt(3)));
    return UnsafeByteOperations.unsafeWrap(large);
  }
}
