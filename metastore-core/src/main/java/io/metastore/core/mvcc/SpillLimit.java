package io.metastore.core.mvcc;

import io.metastore.api.storage.WriteBatch;

/**
 * How much a drain keeps in memory before it spills.
 *
 * @param operations most operations in its batch
 * @param bytes most bytes of keys and values in it
 */
public record SpillLimit(int operations, long bytes) {
  /** Some tens of megabytes on the heap, whatever the sizes of keys and values. */
  public static final SpillLimit DEFAULT = new SpillLimit(1 << 16, 8L << 20);

  private static final int PIECE_KEYS_MAX = 1000;

  /** How many keys a command changes before it looks whether to spill. */
  int pieceKeys() {
    return Math.min(operations, PIECE_KEYS_MAX);
  }

  boolean isReachedBy(WriteBatch batch) {
    return batch.size() >= operations || batch.bytes() >= bytes;
  }
}
