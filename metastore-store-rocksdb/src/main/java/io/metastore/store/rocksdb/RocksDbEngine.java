package io.metastore.store.rocksdb;

import io.metastore.api.storage.StorageEngine;
import io.metastore.api.storage.StorageException;
import io.metastore.api.storage.StorageSizes;
import io.metastore.api.storage.StorageView;
import io.metastore.api.storage.WriteBatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import org.rocksdb.Checkpoint;
import org.rocksdb.RocksDBException;

/** An open RocksDB. Threads as the SPI says. */
final class RocksDbEngine implements StorageEngine {
  private final Path directory;
  private final Database database;

  // A view is inside the gate from its opening to its freeing, a call for as long as it takes.
  private final CountDownLatch empty = new CountDownLatch(1);
  private final Gate gate = new Gate(empty::countDown);
  private final CountDownLatch closed = new CountDownLatch(1);

  // Belongs to the thread that commits.
  private final FileRate fileRate;

  // To free those that were left open.
  private final Set<RocksDbView> views = ConcurrentHashMap.newKeySet();

  // RocksDB stages a checkpoint under a fixed name beside its directory.
  private final ReentrantLock checkpointLock = new ReentrantLock();

  // One mark is written at a time.
  private final ReentrantLock flushLock = new ReentrantLock();

  private RocksDbEngine(Path directory, Database database) {
    this.directory = directory;
    this.database = database;
    this.fileRate = new FileRate(database.options().fileRate());
  }

  static RocksDbEngine open(Path directory, RocksDbSettings settings) {
    boolean create = StoreDirectory.isNew(directory);
    Database database = null;
    boolean opened = false;
    try {
      // RocksDB compares paths as texts when it looks for a second open in this process.
      Path real = directory.toRealPath();
      if (create) {
        StoreDirectory.beginCreation(real);
      } else {
        ManifestMark.check(real);
      }
      database = Database.open(real, settings, create);
      if (create) {
        StoreDirectory.endCreation(real);
      }
      ManifestMark.write(real);
      opened = true;
      return new RocksDbEngine(directory, database);
    } catch (IOException e) {
      throw new StorageException(
          "cannot write " + directory + " (" + e + "); free space or make it writable", e);
    } finally {
      if (!opened && database != null) {
        database.close();
      }
    }
  }

  @Override
  public void commit(WriteBatch batch) {
    if (batch.isEmpty()) {
      enter();
      gate.leave();
      return;
    }
    enter();
    fileRate.committed(batch.bytes());
    try (org.rocksdb.WriteBatch encoded =
        new org.rocksdb.WriteBatch(BatchEncoder.encode(batch, database))) {
      database.rocks().write(database.options().write(), encoded);
    } catch (RocksDBException e) {
      throw Failures.using(directory, "commit", e);
    } finally {
      gate.leave();
    }
  }

  @Override
  public StorageView view() {
    enter();
    boolean made = false;
    try {
      RocksDbView view = new RocksDbView(database, directory, this::forget);
      made = true;
      views.add(view);
      if (gate.isClosed()) {
        // The engine may have looked for open views before this one was listed.
        view.close();
      }
      return view;
    } finally {
      if (!made) {
        gate.leave();
      }
    }
  }

  private void forget(RocksDbView view) {
    views.remove(view);
    gate.leave();
  }

  @Override
  public void flush() {
    enter();
    flushLock.lock();
    try {
      flushAll();
      ManifestMark.write(directory);
    } catch (RocksDBException e) {
      throw Failures.using(directory, "flush", e);
    } catch (IOException e) {
      throw new StorageException(
          "cannot flush in " + directory + " (" + e + "); free space or make it writable", e);
    } finally {
      flushLock.unlock();
      gate.leave();
    }
  }

  private void flushAll() throws RocksDBException {
    // All families in one call, or each would be flushed at a point of its own.
    database.rocks().flush(database.options().flush(), database.families());
  }

  @Override
  public void checkpoint(Path target) {
    enter();
    checkpointLock.lock();
    boolean created = false;
    boolean done = false;
    Path absolute = target.toAbsolutePath();
    Path parent = absolute.getParent();
    try (Checkpoint checkpoint = Checkpoint.create(database.rocks())) {
      if (Files.exists(target)) {
        throw new StorageException("cannot write checkpoint " + target + ": it exists; remove it");
      }
      if (parent == null || !Files.isDirectory(parent)) {
        throw new StorageException(
            "cannot write checkpoint " + target + ": its parent does not exist; create it");
      }
      // A checkpoint has files only, and there is no log of RocksDB's to go with them.
      flushAll();
      checkpoint.createCheckpoint(absolute.toString());
      created = true;
      CheckpointFiles.write(target);
      StoreDirectory.sync(parent);
      done = true;
    } catch (RocksDBException e) {
      throw new StorageException(
          "cannot write checkpoint " + target + ": " + Failures.text(e) + "; free space there", e);
    } catch (IOException e) {
      throw new StorageException(
          "cannot write checkpoint " + target + " (" + e + "); free space there", e);
    } finally {
      if (created && !done) {
        StoreDirectory.clear(target, true);
      }
      checkpointLock.unlock();
      gate.leave();
    }
  }

  @Override
  public StorageSizes sizes() {
    enter();
    try {
      return Figures.sizes(database);
    } catch (RocksDBException e) {
      throw Failures.using(directory, "read sizes", e);
    } finally {
      gate.leave();
    }
  }

  @Override
  public Map<String, Long> statistics() {
    enter();
    try {
      return Figures.statistics(database);
    } catch (RocksDBException e) {
      throw Failures.using(directory, "read statistics", e);
    } finally {
      gate.leave();
    }
  }

  @Override
  public void close() {
    boolean first = gate.close();
    if (!first) {
      awaitUninterruptibly(closed);
      return;
    }
    try {
      views.forEach(RocksDbView::close);
      awaitUninterruptibly(empty);
      database.close();
    } finally {
      closed.countDown();
    }
  }

  // What is inside is a call into RocksDB, which ends; leaving before it would end the process.
  private static void awaitUninterruptibly(CountDownLatch latch) {
    boolean interrupted = false;
    while (latch.getCount() > 0) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void enter() {
    if (!gate.tryEnter()) {
      throw new IllegalStateException("storage engine is closed: " + directory);
    }
  }
}
