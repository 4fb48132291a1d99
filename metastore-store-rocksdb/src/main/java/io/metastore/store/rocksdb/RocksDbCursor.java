package io.metastore.store.rocksdb;

import io.metastore.api.storage.Cursor;
import io.metastore.api.storage.ScanDirection;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;

/** A native iterator. Not thread-safe, but closing its view or engine meanwhile is safe. */
final class RocksDbCursor implements Cursor {
  /** The native objects of a walk: the iterator refers to the options, and they to the bounds. */
  record Walk(RocksIterator iterator, ReadOptions options, Slice from, Optional<Slice> to) {
    void free() {
      iterator.close();
      options.close();
      from.close();
      to.ifPresent(Slice::close);
    }
  }

  private enum Place {
    BEFORE,
    AT_ENTRY,
    END,
    CLOSED
  }

  private final RocksDbView view;
  private final Walk walk;
  private final boolean forward;
  private Place place = Place.BEFORE;

  // Read from RocksDB when first asked for: many walks need only keys.
  private byte @Nullable [] key;
  private byte @Nullable [] value;

  RocksDbCursor(RocksDbView view, Walk walk, ScanDirection direction) {
    this.view = view;
    this.walk = walk;
    this.forward = direction == ScanDirection.FORWARD;
  }

  @Override
  public boolean next() {
    if (place == Place.CLOSED) {
      throw new IllegalStateException("storage cursor is closed");
    }
    key = null;
    value = null;
    view.enter();
    try {
      place = place == Place.END || !move() ? Place.END : Place.AT_ENTRY;
      return place == Place.AT_ENTRY;
    } finally {
      view.leave();
    }
  }

  private boolean move() {
    RocksIterator iterator = walk.iterator();
    if (place == Place.AT_ENTRY) {
      if (forward) {
        iterator.next();
      } else {
        iterator.prev();
      }
    } else if (forward) {
      iterator.seekToFirst();
    } else {
      iterator.seekToLast();
    }
    if (iterator.isValid()) {
      return true;
    }
    try {
      // An iterator that cannot read looks like one at its end.
      iterator.status();
      return false;
    } catch (RocksDBException e) {
      place = Place.END;
      throw view.failure(e);
    }
  }

  @Override
  public byte[] key() {
    checkAtEntry();
    byte[] known = key;
    if (known == null) {
      view.enter();
      try {
        known = walk.iterator().key();
        key = known;
      } finally {
        view.leave();
      }
    }
    return known;
  }

  @Override
  public byte[] value() {
    checkAtEntry();
    byte[] known = value;
    if (known == null) {
      view.enter();
      try {
        known = walk.iterator().value();
        value = known;
      } finally {
        view.leave();
      }
    }
    return known;
  }

  private void checkAtEntry() {
    if (place != Place.AT_ENTRY) {
      throw new IllegalStateException("storage cursor is at no entry");
    }
  }

  @Override
  public void close() {
    if (place != Place.CLOSED) {
      place = Place.CLOSED;
      view.release(this);
    }
  }

  /** Frees what is native; the view calls this once. */
  void free() {
    walk.free();
  }
}
