package io.metastore.raft;

import io.metastore.api.storage.Cursor;
import io.metastore.api.storage.KeyRange;
import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.ScanDirection;
import io.metastore.api.storage.StorageEngine;
import io.metastore.api.storage.StorageSizes;
import io.metastore.api.storage.StorageView;
import io.metastore.api.storage.WriteBatch;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An engine whose content can be exchanged for that of another while readers go on: views that are
 * open keep the old one alive.
 *
 * <p>Thread-safe as its engines are; {@link #replace} and {@link #commit} belong to one thread.
 */
final class ReplaceableEngine implements StorageEngine {
  /** An engine and who uses it; one use is its being the current one. */
  private static final class Use {
    private final StorageEngine engine;
    private final AtomicInteger holders = new AtomicInteger(1);
    private final CountDownLatch unused = new CountDownLatch(1);

    Use(StorageEngine engine) {
      this.engine = engine;
    }

    boolean retain() {
      while (true) {
        int seen = holders.get();
        if (seen == 0) {
          return false;
        }
        if (holders.compareAndSet(seen, seen + 1)) {
          return true;
        }
      }
    }

    void release() {
      if (holders.decrementAndGet() == 0) {
        unused.countDown();
      }
    }
  }

  private record View(StorageView view, Use use, AtomicBoolean closed) implements StorageView {
    @Override
    public Optional<byte[]> get(Keyspace keyspace, byte[] key) {
      return view.get(keyspace, key);
    }

    @Override
    public Cursor scan(Keyspace keyspace, KeyRange range, ScanDirection direction) {
      return view.scan(keyspace, range, direction);
    }

    @Override
    public void close() {
      if (closed.compareAndSet(false, true)) {
        view.close();
        use.release();
      }
    }
  }

  /** An engine that was exchanged, to be closed by whoever exchanged it. */
  final class Retired {
    private final Use use;

    private Retired(Use use) {
      this.use = use;
    }

    /** Waits until its last view is closed, and closes it. */
    void close() throws InterruptedException {
      use.unused.await();
      if (retired.remove(use)) {
        use.engine.close();
      }
    }
  }

  private volatile Use current;
  // Those that were exchanged and are not closed yet.
  private final Set<Use> retired = ConcurrentHashMap.newKeySet();

  ReplaceableEngine(StorageEngine engine) {
    current = new Use(engine);
  }

  /** Goes on with another engine. */
  Retired replace(StorageEngine next) {
    Use before = current;
    retired.add(before);
    current = new Use(next);
    before.release();
    return new Retired(before);
  }

  private Use use() {
    while (true) {
      Use use = current;
      if (use.retain()) {
        return use;
      }
    }
  }

  @Override
  public void commit(WriteBatch batch) {
    current.engine.commit(batch);
  }

  @Override
  public StorageView view() {
    Use use = use();
    try {
      return new View(use.engine.view(), use, new AtomicBoolean());
    } catch (RuntimeException e) {
      use.release();
      throw e;
    }
  }

  @Override
  public void flush() {
    Use use = use();
    try {
      use.engine.flush();
    } finally {
      use.release();
    }
  }

  @Override
  public void checkpoint(Path directory) {
    Use use = use();
    try {
      use.engine.checkpoint(directory);
    } finally {
      use.release();
    }
  }

  @Override
  public StorageSizes sizes() {
    Use use = use();
    try {
      return use.engine.sizes();
    } finally {
      use.release();
    }
  }

  @Override
  public Map<String, Long> statistics() {
    Use use = use();
    try {
      return use.engine.statistics();
    } finally {
      use.release();
    }
  }

  /** Closes the current engine, and those before it that are not closed; their views must be. */
  @Override
  public void close() {
    try {
      for (Use use : List.copyOf(retired)) {
        if (retired.remove(use)) {
          use.engine.close();
        }
      }
    } finally {
      current.engine.close();
    }
  }
}
