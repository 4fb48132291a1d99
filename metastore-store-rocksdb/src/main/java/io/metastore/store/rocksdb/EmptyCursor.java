package io.metastore.store.rocksdb;

import io.metastore.api.storage.Cursor;

/** A walk over an empty range, which RocksDB need not hear of. Not thread-safe. */
final class EmptyCursor implements Cursor {
  private boolean closed;

  @Override
  public boolean next() {
    if (closed) {
      throw new IllegalStateException("storage cursor is closed");
    }
    return false;
  }

  @Override
  public byte[] key() {
    throw new IllegalStateException("storage cursor is at no entry");
  }

  @Override
  public byte[] value() {
    throw new IllegalStateException("storage cursor is at no entry");
  }

  @Override
  public void close() {
    closed = true;
  }
}
