package io.metastore.core.mvcc;

/**
 * A walk over the keys that were live at some revision, in key order. It starts before the first.
 *
 * <p>Belongs to one thread; closed before the view it reads.
 */
interface KeyScan extends AutoCloseable {
  /** Moves to the next live key; false when there is none. */
  boolean next();

  /** The key at the scan. */
  byte[] key();

  /** The record that was newest at the scan's revision. */
  KeyRecord record();

  @Override
  void close();
}
