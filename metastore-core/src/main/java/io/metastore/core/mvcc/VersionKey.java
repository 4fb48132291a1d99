package io.metastore.core.mvcc;

import io.metastore.api.storage.KeyRange;
import io.metastore.api.storage.StorageException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * A key of the VERSIONS keyspace: user key, then revision, so that all versions of a key lie
 * together, oldest first, and keys keep their order.
 *
 * <p>A user key is any bytes, so it is escaped and ended: each {@code 00} becomes {@code 00 FF},
 * and {@code 00 01} follows the last byte. Two keys then compare as their user keys do, whatever
 * revisions follow:
 *
 * <pre>
 *   a      61 00 01 …          a 00   61 00 FF 00 01 …          ab   61 62 00 01 …
 * </pre>
 *
 * @param userKey the caller's key
 * @param revision the revision that wrote the version
 */
// An array on purpose, with no equality asked of it: a key is decoded for every step of a scan.
@SuppressWarnings("ArrayRecordComponent")
record VersionKey(byte[] userKey, Revision revision) {
  private static final byte ESCAPED = 0;
  private static final byte LITERAL = (byte) 0xFF;
  private static final byte END = 1;
  private static final int END_BYTES = 2;

  static byte[] encode(byte[] userKey, Revision revision) {
    ByteBuffer buffer = ByteBuffer.allocate(prefixLength(userKey) + Revision.BYTES);
    putPrefix(userKey, buffer);
    revision.encode(buffer);
    return buffer.array();
  }

  /**
   * Reads the stored form.
   *
   * @throws StorageException when it is damaged
   */
  static VersionKey decode(byte[] encoded) {
    // Where the end mark of the user key must be.
    int end = encoded.length - Revision.BYTES - END_BYTES;
    if (end < 0 || encoded[end] != ESCAPED || encoded[end + 1] != END) {
      throw damaged(encoded);
    }
    byte[] userKey = new byte[end];
    int length = 0;
    for (int i = 0; i < end; i++) {
      userKey[length++] = encoded[i];
      if (encoded[i] == ESCAPED) {
        i++;
        if (i == end || encoded[i] != LITERAL) {
          throw damaged(encoded);
        }
      }
    }
    Revision revision = Revision.decode(ByteBuffer.wrap(encoded, end + END_BYTES, Revision.BYTES));
    return new VersionKey(length == end ? userKey : Arrays.copyOf(userKey, length), revision);
  }

  private static StorageException damaged(byte[] encoded) {
    return new StorageException(
        "a stored version's key is damaged: " + HexFormat.of().formatHex(encoded));
  }

  /** All versions of one user key that were written at or before a main revision. */
  static KeyRange upTo(byte[] userKey, long mainRevision) {
    return KeyRange.of(prefix(userKey), encode(userKey, new Revision(mainRevision + 1, 0)));
  }

  /** All versions of one user key that were written behind a main revision. */
  static KeyRange after(byte[] userKey, long mainRevision) {
    byte[] end = prefix(userKey);
    // Behind the end mark there is nothing of this key.
    end[end.length - 1]++;
    return KeyRange.of(encode(userKey, new Revision(mainRevision + 1, 0)), end);
  }

  /** All versions of all user keys of a range. */
  static KeyRange of(KeyRange userKeys) {
    return new KeyRange(prefix(userKeys.from()), userKeys.to().map(VersionKey::prefix));
  }

  private static byte[] prefix(byte[] userKey) {
    ByteBuffer buffer = ByteBuffer.allocate(prefixLength(userKey));
    putPrefix(userKey, buffer);
    return buffer.array();
  }

  private static void putPrefix(byte[] userKey, ByteBuffer to) {
    for (byte b : userKey) {
      to.put(b);
      if (b == ESCAPED) {
        to.put(LITERAL);
      }
    }
    to.put(ESCAPED).put(END);
  }

  private static int prefixLength(byte[] userKey) {
    int escapes = 0;
    for (byte b : userKey) {
      if (b == ESCAPED) {
        escapes++;
      }
    }
    return userKey.length + escapes + END_BYTES;
  }

  @Override
  public String toString() {
    return Arrays.toString(userKey) + "@" + revision;
  }
}
