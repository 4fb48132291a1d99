package io.metastore.api.storage;

/**
 * A walk over the entries of one range of one keyspace in one view. It starts before the first
 * entry.
 *
 * <p>Not thread-safe, but may be handed from thread to thread. It must be closed before its view.
 */
public interface Cursor extends AutoCloseable {
  /**
   * Moves to the next entry.
   *
   * @return false when there is none, and then for ever
   * @throws StorageException when the engine cannot read
   * @throws IllegalStateException when the cursor, its view or its engine is closed
   */
  boolean next();

  /**
   * The key at the cursor.
   *
   * @return an array that the engine does not change afterwards; the caller must not either
   * @throws IllegalStateException when the last {@link #next()} was not true
   */
  byte[] key();

  /**
   * The value at the cursor.
   *
   * @return an array that the engine does not change afterwards; the caller must not either
   * @throws IllegalStateException when the last {@link #next()} was not true
   * @throws StorageException when the engine cannot read
   */
  byte[] value();

  /** Ends the walk and frees what it holds. Closing twice is harmless. */
  @Override
  void close();
}
