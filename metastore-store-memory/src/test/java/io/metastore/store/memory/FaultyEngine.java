package io.metastore.store.memory;

import io.metastore.api.storage.Cursor;
import io.metastore.api.storage.KeyRange;
import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.ScanDirection;
import io.metastore.api.storage.StorageEngine;
import io.metastore.api.storage.StorageException;
import io.metastore.api.storage.StorageSizes;
import io.metastore.api.storage.StorageView;
import io.metastore.api.storage.WriteBatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/** The memory engine with one promise broken, to see that the contract kit notices. */
final class FaultyEngine implements StorageEngine {
  private final Fault fault;
  private final StorageEngine engine;
  private final Path directory;
  private final StorageView early;
  private final Semaphore viewsOpened = new Semaphore(0);
  private final AtomicLong committer = new AtomicLong();
  private final AtomicLong commits = new AtomicLong();
  private final AtomicLong checkpoints = new AtomicLong();
  private final ReentrantLock all = new ReentrantLock();

  FaultyEngine(Fault fault, StorageEngine engine, Path directory) {
    this.fault = fault;
    this.engine = engine;
    this.directory = directory;
    this.early = engine.view();
    if (fault == Fault.THREAD_LEFT) {
      leaveThread(Thread.ofPlatform().daemon(), this);
    }
    if (fault == Fault.VIRTUAL_THREAD_LEFT) {
      var unused = Thread.ofVirtual().name("left by an engine").start(FaultyEngine::waitForEver);
    }
    if (fault == Fault.FILE_LEFT) {
      try {
        LEFT.add(Files.newInputStream(StoreDirectory.image(directory)));
      } catch (IOException e) {
        throw new StorageException("cannot open " + directory, e);
      }
    }
  }

  private static final List<byte[]> COPIED = new ArrayList<>();

  // Kept, so that the collector does not close them.
  private static final Set<AutoCloseable> LEFT = new HashSet<>();

  static void leaveThread(Thread.Builder builder, Object by) {
    var unused =
        builder.name("left by " + System.identityHashCode(by)).start(FaultyEngine::waitForEver);
  }

  /** Long enough for a test that kills this process to do so. */
  static void awaitKill() {
    try {
      TimeUnit.MILLISECONDS.sleep(500);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void waitForEver() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void commit(WriteBatch batch) {
    if (fault == Fault.USABLE_WHEN_CLOSED) {
      return;
    }
    long thread = Thread.currentThread().threadId();
    committer.compareAndSet(0, thread);
    if (fault == Fault.COMMITS_OF_ONE_THREAD && committer.get() != thread) {
      throw new StorageException(directory + " is of another thread");
    }
    WriteBatch changed = new WriteBatch();
    Set<String> seen = new HashSet<>();
    batch.forEach(
        new WriteBatch.Visitor() {
          @Override
          public void put(Keyspace keyspace, byte[] key, byte[] value) {
            boolean dropped = fault == Fault.EMPTY_VALUES_DROPPED && value.length == 0;
            if (!dropped && isWanted(keyspace, key)) {
              changed.put(at(keyspace), key, value);
            }
            commitHalf(changed);
          }

          @Override
          public void delete(Keyspace keyspace, byte[] key) {
            if (fault != Fault.DELETES_FORGOTTEN && isWanted(keyspace, key)) {
              changed.delete(at(keyspace), key);
            }
            commitHalf(changed);
          }

          private boolean isWanted(Keyspace keyspace, byte[] key) {
            return fault != Fault.FIRST_OPERATION_WINS || seen.add(keyspace + Arrays.toString(key));
          }
        });
    if (fault == Fault.ONE_LOCK_FOR_FLUSH || fault == Fault.ONE_LOCK_FOR_CHECKPOINT) {
      boolean unused =
          whileNothingElseRuns(
              () -> {
                engine.commit(changed);
                return true;
              });
    } else {
      engine.commit(changed);
    }
    if (fault == Fault.FAILED_COMMIT_IS_SEEN && commits.incrementAndGet() == 3) {
      throw new StorageException(directory + " cannot be written");
    }
  }

  private void commitHalf(WriteBatch changed) {
    if (fault == Fault.HALF_BATCHES) {
      engine.commit(changed);
      changed.clear();
      awaitView();
    }
  }

  /** Lets a reader see the half, if there is one: what nobody looks at nobody can notice. */
  private void awaitView() {
    viewsOpened.drainPermits();
    try {
      var unused = viewsOpened.tryAcquire(10, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Keyspace at(Keyspace keyspace) {
    return fault == Fault.ONE_KEYSPACE ? Keyspace.CURRENT : keyspace;
  }

  @Override
  public StorageView view() {
    viewsOpened.release();
    if (fault == Fault.READS_FAIL_DURING_CHECKPOINTS && checkpoints.get() > 0) {
      throw new StorageException(directory + " is being copied");
    }
    if (fault == Fault.VIEWS_WAIT_FOR_FLUSHES) {
      return whileNothingElseRuns(engine::view);
    }
    if (fault == Fault.VIEWS_COPY) {
      try (StorageView view = engine.view();
          Cursor cursor = view.scan(Keyspace.CURRENT, KeyRange.all(), ScanDirection.FORWARD)) {
        while (cursor.next()) {
          COPIED.add(cursor.value());
        }
        COPIED.clear();
      }
    }
    return new View(fault == Fault.LATE_VIEWS ? early : engine.view());
  }

  @Override
  public void flush() {
    if (fault == Fault.FLUSH_FAILS_INTERRUPTED && Thread.currentThread().isInterrupted()) {
      throw new StorageException(directory + " is interrupted");
    }
    if (fault == Fault.FLUSH_FORGETS_INTERRUPTS) {
      var unused = Thread.interrupted();
    }
    if (fault == Fault.ONE_LOCK_FOR_FLUSH || fault == Fault.VIEWS_WAIT_FOR_FLUSHES) {
      whileNothingElseRuns(
          () -> {
            engine.flush();
            return true;
          });
    } else if (fault != Fault.NO_FLUSH) {
      engine.flush();
    }
  }

  private <T> T whileNothingElseRuns(Supplier<T> work) {
    all.lock();
    try {
      return work.get();
    } finally {
      all.unlock();
    }
  }

  @Override
  public void checkpoint(Path target) {
    if (fault == Fault.CHECKPOINT_IN_TWO_STEPS) {
      checkpointInTwoSteps(target);
      return;
    }
    long together = checkpoints.incrementAndGet();
    try {
      if (fault == Fault.CHECKPOINTS_ONE_AT_A_TIME && together > 1) {
        throw new StorageException(target + ": another checkpoint is being written");
      }
      if (fault == Fault.ONE_LOCK_FOR_CHECKPOINT) {
        boolean unused =
            whileNothingElseRuns(
                () -> {
                  engine.checkpoint(target);
                  return true;
                });
      } else {
        engine.checkpoint(target);
      }
    } finally {
      checkpoints.decrementAndGet();
    }
    if (fault == Fault.CHECKPOINT_OF_LAST_FLUSH) {
      try {
        byte[] image = Files.readAllBytes(StoreDirectory.image(directory));
        Files.write(StoreDirectory.image(target), image);
      } catch (IOException e) {
        throw new StorageException("cannot write " + target, e);
      }
    }
  }

  /** An image of an empty store first, then the right one. */
  private void checkpointInTwoSteps(Path target) {
    Path right = target.resolveSibling(target.getFileName() + ".right");
    Path empty = target.resolveSibling(target.getFileName() + ".empty");
    engine.checkpoint(right);
    try {
      Files.createDirectory(empty);
      ImageWriter.write(Contents.empty(), StoreDirectory.image(empty));
      Files.move(empty, target);
      awaitKill();
      Files.write(StoreDirectory.image(target), Files.readAllBytes(StoreDirectory.image(right)));
    } catch (IOException e) {
      throw new StorageException("cannot write " + target, e);
    }
  }

  private void forgetInterrupt(Fault when) {
    if (fault == when) {
      var unused = Thread.interrupted();
    }
  }

  @Override
  public StorageSizes sizes() {
    forgetInterrupt(Fault.SIZES_FORGET_INTERRUPTS);
    return fault == Fault.SIZES_STAND_STILL ? new StorageSizes(0, 0) : engine.sizes();
  }

  @Override
  public Map<String, Long> statistics() {
    forgetInterrupt(Fault.STATISTICS_FORGET_INTERRUPTS);
    return engine.statistics();
  }

  @Override
  public void close() {
    forgetInterrupt(Fault.CLOSE_FORGETS_INTERRUPTS);
    engine.close();
  }

  private final class View implements StorageView {
    private final StorageView view;

    View(StorageView view) {
      this.view = view;
    }

    @Override
    public Optional<byte[]> get(Keyspace keyspace, byte[] key) {
      if (fault == Fault.LIVE_VIEWS) {
        try (StorageView now = engine.view()) {
          return now.get(keyspace, key);
        }
      }
      return view.get(at(keyspace), key);
    }

    @Override
    public Cursor scan(Keyspace keyspace, KeyRange range, ScanDirection direction) {
      KeyRange changed =
          switch (fault) {
            case UPPER_BOUND_INCLUDED ->
                range
                    .to()
                    .map(to -> KeyRange.of(range.from(), Arrays.copyOf(to, to.length + 1)))
                    .orElse(range);
            case UPPER_BOUND_IGNORED -> KeyRange.from(range.from());
            default -> range;
          };
      ScanDirection way = fault == Fault.BACKWARD_IS_FORWARD ? ScanDirection.FORWARD : direction;
      StorageView read = fault == Fault.LIVE_VIEWS ? engine.view() : view;
      Cursor cursor = read.scan(at(keyspace), changed, way);
      return fault == Fault.WALKS_BEGIN_AGAIN
          ? new Repeating(() -> read.scan(at(keyspace), changed, way))
          : cursor;
    }

    @Override
    public void close() {
      if (fault != Fault.VIEWS_NEVER_CLOSE && fault != Fault.LATE_VIEWS) {
        view.close();
      }
    }
  }

  private static final class Repeating implements Cursor {
    private final Supplier<Cursor> again;
    private Cursor cursor;

    Repeating(Supplier<Cursor> again) {
      this.again = again;
      this.cursor = again.get();
    }

    @Override
    public boolean next() {
      if (cursor.next()) {
        return true;
      }
      cursor = again.get();
      return false;
    }

    @Override
    public byte[] key() {
      return cursor.key();
    }

    @Override
    public byte[] value() {
      return cursor.value();
    }

    @Override
    public void close() {
      cursor.close();
    }
  }
}
