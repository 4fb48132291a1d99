package io.metastore.store.rocksdb;

import io.metastore.api.storage.Cursor;
import io.metastore.api.storage.KeyRange;
import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.ScanDirection;
import io.metastore.api.storage.StorageException;
import io.metastore.api.storage.StorageView;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.Snapshot;

/**
 * A RocksDB snapshot with the read options that name it. Thread-safe.
 *
 * <p>Closing it while other threads read is safe: the last one to leave frees it, and with it the
 * cursors that were left open.
 */
final class RocksDbView implements StorageView {
  private final Database database;
  private final Path directory;
  private final Snapshot snapshot;
  private final ReadOptions options;
  private final Consumer<RocksDbView> whenFreed;
  private final Set<RocksDbCursor> cursors = ConcurrentHashMap.newKeySet(2);
  private final Gate gate = new Gate(this::free);

  RocksDbView(Database database, Path directory, Consumer<RocksDbView> whenFreed) {
    this.database = database;
    this.directory = directory;
    this.whenFreed = whenFreed;
    this.snapshot = database.rocks().getSnapshot();
    this.options = new ReadOptions().setSnapshot(snapshot);
  }

  @Override
  public Optional<byte[]> get(Keyspace keyspace, byte[] key) {
    enter();
    try {
      return Optional.ofNullable(database.rocks().get(database.family(keyspace), options, key));
    } catch (RocksDBException e) {
      throw failure(e);
    } finally {
      gate.leave();
    }
  }

  @Override
  public Cursor scan(Keyspace keyspace, KeyRange range, ScanDirection direction) {
    enter();
    try {
      if (range.isEmpty()) {
        return new EmptyCursor();
      }
      RocksDbCursor cursor = new RocksDbCursor(this, iterator(keyspace, range), direction);
      cursors.add(cursor);
      return cursor;
    } finally {
      gate.leave();
    }
  }

  // The bounds go to RocksDB, which then does not walk over deleted keys outside the range.
  private RocksDbCursor.Walk iterator(Keyspace keyspace, KeyRange range) {
    ReadOptions bounded = new ReadOptions().setSnapshot(snapshot);
    Slice from = new Slice(range.from());
    bounded.setIterateLowerBound(from);
    Slice to = range.to().map(Slice::new).orElse(null);
    if (to != null) {
      bounded.setIterateUpperBound(to);
    }
    RocksIterator iterator = database.rocks().newIterator(database.family(keyspace), bounded);
    return new RocksDbCursor.Walk(iterator, bounded, from, Optional.ofNullable(to));
  }

  @Override
  public void close() {
    gate.close();
  }

  /** Lets a reader in; whoever has entered must {@link #leave()}. */
  void enter() {
    if (!gate.tryEnter()) {
      throw new IllegalStateException("storage view is closed: " + directory);
    }
  }

  void leave() {
    gate.leave();
  }

  /** Frees a cursor, unless the view has done that or is about to. */
  void release(RocksDbCursor cursor) {
    if (gate.tryEnter()) {
      try {
        if (cursors.remove(cursor)) {
          cursor.free();
        }
      } finally {
        gate.leave();
      }
    }
  }

  StorageException failure(RocksDBException e) {
    return Failures.using(directory, "read", e);
  }

  private void free() {
    cursors.forEach(RocksDbCursor::free);
    options.close();
    database.rocks().releaseSnapshot(snapshot);
    snapshot.close();
    whenFreed.accept(this);
  }
}
