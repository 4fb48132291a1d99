package io.metastore.store.memory;

import io.metastore.api.storage.Cursor;
import io.metastore.api.storage.KeyRange;
import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.ScanDirection;
import io.metastore.api.storage.StorageEngine;
import io.metastore.api.storage.StorageEngineProvider;
import io.metastore.api.storage.StorageException;
import io.metastore.api.storage.StorageOptions;
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
import java.util.function.Supplier;

/** The memory engine with one promise broken, to see that the contract kit notices. */
final class FaultyEngine implements StorageEngine {
  /** What is wrong, and the test that must say so. */
  enum Fault {
    NONE("Commits", "putIsReadBack"),
    HALF_BATCHES("Views", "everyViewHoldsWholeBatchesWhileCommitsGoOn"),
    FIRST_OPERATION_WINS("Commits", "laterOperationOfBatchWins"),
    ONE_KEYSPACE("Commits", "sameKeyInAnotherKeyspaceIsAnotherKey"),
    EMPTY_VALUES_DROPPED("Commits", "emptyKeysAndValuesAreKept"),
    LIVE_VIEWS("Views", "viewSeesNothingCommittedAfterIt"),
    LATE_VIEWS("Views", "everyViewHoldsWholeBatchesWhileCommitsGoOn"),
    VIEWS_NEVER_CLOSE("Views", "closedViewRefusesReadsAndMayBeClosedTwice"),
    UPPER_BOUND_INCLUDED("Scans", "everyBoundIsExactOverEdgesOfTheOrder"),
    UPPER_BOUND_IGNORED("Scans", "everyBoundIsExactOverManyKeys"),
    BACKWARD_IS_FORWARD("Scans", "cursorsOfOneViewAreIndependent"),
    WALKS_BEGIN_AGAIN("Scans", "endOfWalkIsForEver"),
    NO_FLUSH("Durability", "flushedCommitsAreThereAfterReopening"),
    CHECKPOINT_OF_LAST_FLUSH(
        "Checkpoints", "restoredStoreHoldsWhatWasCommittedBeforeTheCheckpoint"),
    CHECKPOINT_UNCHECKED("Checkpoints", "damageToAnyFileOfACheckpointIsFound"),
    RESTORE_OVERWRITES("Checkpoints", "restoreNeedsAnEmptyDirectoryAndACheckpoint"),
    SETTINGS_IGNORED("Opening", "unknownSettingIsRefused"),
    THREAD_LEFT("Closing", "closeLeavesNoThreadAndNoOpenFile"),
    FILE_LEFT("Closing", "closeLeavesNoThreadAndNoOpenFile"),
    USABLE_WHEN_CLOSED("Closing", "closedEngineRefusesEverything"),
    SIZES_STAND_STILL("Closing", "sizesFollowWhatIsStored"),
    FLUSH_FAILS_INTERRUPTED("Threads", "threadThatIsInterruptedIsServedAndStaysInterrupted"),
    FLUSH_FORGETS_INTERRUPTS("Threads", "threadThatIsInterruptedIsServedAndStaysInterrupted"),
    COMMITS_OF_ONE_THREAD("Threads", "commitsMayComeFromOneThreadAfterTheOther"),
    VIEWS_COPY("Threads", "viewCostsTheSameHoweverMuchIsStored"),
    DELETES_FORGOTTEN("AgainstModel", "engineDoesWhatSortedMapsDo");

    final String part;
    final String test;

    Fault(String part, String test) {
      this.part = part;
      this.test = test;
    }
  }

  /** Makes engines with a fault. */
  static final class Provider implements StorageEngineProvider {
    private final MemoryEngineProvider provider = new MemoryEngineProvider();
    private final Fault fault;

    Provider(Fault fault) {
      this.fault = fault;
    }

    @Override
    public String name() {
      return "faulty";
    }

    @Override
    public String version() {
      return "0";
    }

    @Override
    public StorageEngine open(StorageOptions options) {
      StorageOptions used =
          fault == Fault.SETTINGS_IGNORED ? StorageOptions.of(options.directory()) : options;
      return new FaultyEngine(fault, provider.open(used), options.directory());
    }

    @Override
    public void restore(Path checkpoint, Path directory) {
      boolean blind = fault == Fault.CHECKPOINT_UNCHECKED || fault == Fault.RESTORE_OVERWRITES;
      if (!blind) {
        provider.restore(checkpoint, directory);
        return;
      }
      try {
        Files.createDirectories(directory);
        byte[] image = Files.readAllBytes(StoreDirectory.image(checkpoint));
        Files.write(StoreDirectory.image(directory), image);
      } catch (IOException e) {
        throw new StorageException("cannot restore " + checkpoint + " to " + directory, e);
      }
    }
  }

  private final Fault fault;
  private final StorageEngine engine;
  private final Path directory;
  private final StorageView early;
  private final Semaphore viewsOpened = new Semaphore(0);
  private final AtomicLong committer = new AtomicLong();

  private FaultyEngine(Fault fault, StorageEngine engine, Path directory) {
    this.fault = fault;
    this.engine = engine;
    this.directory = directory;
    this.early = engine.view();
    if (fault == Fault.THREAD_LEFT) {
      Thread.ofPlatform().daemon().name("left by " + hashCode()).start(FaultyEngine::waitForEver);
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
    engine.commit(changed);
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
    if (fault != Fault.NO_FLUSH) {
      engine.flush();
    }
  }

  @Override
  public void checkpoint(Path target) {
    engine.checkpoint(target);
    if (fault == Fault.CHECKPOINT_OF_LAST_FLUSH) {
      try {
        byte[] image = Files.readAllBytes(StoreDirectory.image(directory));
        Files.write(StoreDirectory.image(target), image);
      } catch (IOException e) {
        throw new StorageException("cannot write " + target, e);
      }
    }
  }

  @Override
  public StorageSizes sizes() {
    return fault == Fault.SIZES_STAND_STILL ? new StorageSizes(0, 0) : engine.sizes();
  }

  @Override
  public Map<String, Long> statistics() {
    return engine.statistics();
  }

  @Override
  public void close() {
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
