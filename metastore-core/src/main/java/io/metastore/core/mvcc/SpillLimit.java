package io.metastore.core.mvcc;

/**
 * How much a drain keeps in memory before it spills.
 *
 * @param operations most puts and deletes
 * @param bytes most bytes of keys and values in them
 */
public record SpillLimit(int operations, long bytes) {
  /** Some tens of megabytes on the heap, whatever the sizes of keys and values. */
  public static final SpillLimit DEFAULT = new SpillLimit(1 << 16, 8L << 20);

  private static final int PIECE_KEYS_MAX = 1000;

  /** How many keys a command changes before it looks whether to spill. */
  int pieceKeys() {
    return Math.min(operations, PIECE_KEYS_MAX);
  }

  boolean isReachedBy(int written, long writtenBytes) {
    return written >= operations || writtenBytes >= bytes;
  }
}
