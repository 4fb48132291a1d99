package io.metastore.core;

import io.metastore.api.storage.Cursor;
import io.metastore.api.storage.KeyRange;
import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.ScanDirection;
import io.metastore.api.storage.StorageEngine;
import io.metastore.api.storage.StorageException;
import io.metastore.api.storage.StorageSizes;
import io.metastore.api.storage.StorageView;
import io.metastore.api.storage.WriteBatch;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A real engine that counts what is open and fails on demand. It notes a view that is closed twice
 * or before its cursors.
 */
public final class CountingEngine implements StorageEngine {
  private final StorageEngine engine;
  private final AtomicInteger openViews = new AtomicInteger();
  private final AtomicInteger openCursors = new AtomicInteger();
  private final AtomicInteger commits = new AtomicInteger();
  private final AtomicInteger misuses = new AtomicInteger();
  private final AtomicInteger steps = new AtomicInteger();
  private final AtomicInteger valuesRead = new AtomicInteger();
  private final AtomicInteger commitsLeft = new AtomicInteger(Integer.MAX_VALUE);
  private volatile boolean commitsFail;
  private volatile Optional<Keyspace> scansFailIn = Optional.empty();

  /** Wraps an engine and closes it with itself. */
  public CountingEngine(StorageEngine engine) {
    this.engine = engine;
  }

  /** Views that were opened and not closed. */
  public int openViews() {
    return openViews.get();
  }

  /** Cursors that were opened and not closed. */
  public int openCursors() {
    return openCursors.get();
  }

  /** Batches that were committed. */
  public int commits() {
    return commits.get();
  }

  /** Steps of all cursors. */
  public int steps() {
    return steps.get();
  }

  /** How often a cursor was asked for its value. */
  public int valuesRead() {
    return valuesRead.get();
  }

  /** Breaches of the SPI's rules for closing. */
  public int misuses() {
    return misuses.get();
  }

  /** From now on a commit fails, or succeeds again. */
  public void failCommits(boolean fail) {
    commitsFail = fail;
  }

  /** From now on a scan of this keyspace cannot be opened. */
  public void failScans(Keyspace keyspace) {
    scansFailIn = Optional.of(keyspace);
  }

  /** Commits fail once so many more have succeeded. */
  public void failCommitsAfter(int more) {
    commitsLeft.set(more);
  }

  @Override
  public void commit(WriteBatch batch) {
    if (commitsFail || commitsLeft.getAndDecrement() <= 0) {
      throw new StorageException("the disk of this test is full");
    }
    engine.commit(batch);
    commits.incrementAndGet();
  }

  @Override
  public StorageView view() {
    openViews.incrementAndGet();
    return new CountedView(engine.view());
  }

  @Override
  public void flush() {
    engine.flush();
  }

  @Override
  public void checkpoint(Path directory) {
    engine.checkpoint(directory);
  }

  @Override
  public StorageSizes sizes() {
    return engine.sizes();
  }

  @Override
  public Map<String, Long> statistics() {
    return engine.statistics();
  }

  @Override
  public void close() {
    engine.close();
  }

  private final class CountedView implements StorageView {
    private final StorageView view;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final AtomicInteger cursors = new AtomicInteger();

    CountedView(StorageView view) {
      this.view = view;
    }

    @Override
    public Optional<byte[]> get(Keyspace keyspace, byte[] key) {
      return view.get(keyspace, key);
    }

    @Override
    public Cursor scan(Keyspace keyspace, KeyRange range, ScanDirection direction) {
      if (scansFailIn.equals(Optional.of(keyspace))) {
        throw new StorageException("a block of this test's " + keyspace + " is damaged");
      }
      cursors.incrementAndGet();
      openCursors.incrementAndGet();
      return new CountedCursor(view.scan(keyspace, range, direction), cursors);
    }

    @Override
    public void close() {
      if (!closed.compareAndSet(false, true) || cursors.get() > 0) {
        misuses.incrementAndGet();
      }
      openViews.decrementAndGet();
      view.close();
    }
  }

  private final class CountedCursor implements Cursor {
    private final Cursor cursor;
    private final AtomicInteger ofView;
    private final AtomicBoolean closed = new AtomicBoolean();

    CountedCursor(Cursor cursor, AtomicInteger ofView) {
      this.cursor = cursor;
      this.ofView = ofView;
    }

    @Override
    public boolean next() {
      steps.incrementAndGet();
      return cursor.next();
    }

    @Override
    public byte[] key() {
      return cursor.key();
    }

    @Override
    public byte[] value() {
      valuesRead.incrementAndGet();
      return cursor.value();
    }

    @Override
    public void close() {
      if (closed.compareAndSet(false, true)) {
        ofView.decrementAndGet();
        openCursors.decrementAndGet();
      }
      cursor.close();
    }
  }
}
