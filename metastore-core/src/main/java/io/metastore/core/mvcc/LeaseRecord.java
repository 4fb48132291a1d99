package io.metastore.core.mvcc;

import io.metastore.api.storage.StorageException;
import java.nio.ByteBuffer;

/**
 * A lease as every member stores it: no clock, only durations. When it ends is decided by the
 * leader alone.
 *
 * @param id chosen by the client, or by the member that proposed the grant; may be negative, never
 *     0
 * @param ttlSeconds how long it lives after its last renewal, at least
 * @param remainingSeconds what the leader last found to be left of it, to be used by the next
 *     leader; 0 when all of the TTL is
 */
public record LeaseRecord(long id, long ttlSeconds, long remainingSeconds) {
  private static final int BYTES = 2 * Long.BYTES;

  /** What a leader that knows of no renewal must let it live. */
  public long toLiveSeconds() {
    return remainingSeconds > 0 ? remainingSeconds : ttlSeconds;
  }

  LeaseRecord withRemaining(long seconds) {
    return new LeaseRecord(id, ttlSeconds, seconds);
  }

  byte[] encoded() {
    return ByteBuffer.allocate(BYTES).putLong(ttlSeconds).putLong(remainingSeconds).array();
  }

  static LeaseRecord decode(long id, byte[] encoded) {
    if (encoded.length != BYTES) {
      throw new StorageException(
          "the record of lease " + Long.toHexString(id) + " has " + encoded.length + " bytes");
    }
    ByteBuffer in = ByteBuffer.wrap(encoded);
    return new LeaseRecord(id, in.getLong(), in.getLong());
  }
}
