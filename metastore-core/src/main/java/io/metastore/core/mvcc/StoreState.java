package io.metastore.core.mvcc;

import io.metastore.api.storage.StorageException;
import java.nio.ByteBuffer;

/**
 * The figures that are written with every batch, in one record of META.
 *
 * @param appliedIndex log index of the last entry whose effects are in the store, 0 for none
 * @param appliedTerm term of that entry
 * @param revision main revision; 1 in an empty store
 * @param compactedRevision no read below it is possible; {@link #NEVER_COMPACTED} when nothing was
 *     compacted, which differs from a compaction at 0
 * @param keys number of live keys
 * @param alarms the types of alarm that some member has raised: bit {@code n} for type number
 *     {@code n}; what is in ALARM, at hand for every command
 */
public record StoreState(
    long appliedIndex,
    long appliedTerm,
    long revision,
    long compactedRevision,
    long keys,
    int alarms) {
  /** As in etcd, where the first compaction may be at 0. */
  public static final long NEVER_COMPACTED = -1;

  private static final byte FORMAT = 4;
  private static final int BYTES = 1 + 5 * Long.BYTES + Integer.BYTES;

  /** The state of a store that was never written to. */
  public static StoreState empty() {
    return new StoreState(0, 0, 1, NEVER_COMPACTED, 0, 0);
  }

  /** The stored form. */
  public byte[] encoded() {
    return ByteBuffer.allocate(BYTES)
        .put(FORMAT)
        .putLong(appliedIndex)
        .putLong(appliedTerm)
        .putLong(revision)
        .putLong(compactedRevision)
        .putLong(keys)
        .putInt(alarms)
        .array();
  }

  /**
   * Reads the stored form.
   *
   * @throws StorageException when it is damaged, or of a release that this one does not know
   */
  public static StoreState decode(byte[] encoded) {
    ByteBuffer in = ByteBuffer.wrap(encoded);
    if (encoded.length != BYTES || in.get() != FORMAT) {
      throw new StorageException(
          "the store's state record is damaged or was written by another release: "
              + encoded.length
              + " bytes");
    }
    return new StoreState(
        in.getLong(), in.getLong(), in.getLong(), in.getLong(), in.getLong(), in.getInt());
  }
}
