package io.metastore.core.compact;

import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.api.storage.WriteBatch;
import io.metastore.core.mvcc.PublishedView;
import io.metastore.core.mvcc.PurgeProgress;
import io.metastore.core.mvcc.PurgeStep;
import io.metastore.core.mvcc.StoreState;
import io.metastore.core.task.TaskScope;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes, in the background, what compactions made unreadable: {@linkplain PurgeStep bounded
 * steps}, computed on a published view and committed by the apply thread, with a pause after each
 * so that writes hardly notice. A restart goes on where the last committed step ended.
 *
 * <p>Thread-safe. One thread runs the steps.
 */
public final class Compactor {
  /** The apply thread, as the compactor sees it. */
  @FunctionalInterface
  public interface Applier {
    /**
     * Has a batch committed that changes nothing readable.
     *
     * @return true once the batch is in the engine and published; false when that will not happen
     *     any more, because the node stops
     */
    CompletableFuture<Boolean> upkeep(WriteBatch batch);
  }

  private static final Logger LOG = LoggerFactory.getLogger(Compactor.class);

  /** Few enough that a write that has to wait for one step's commit waits a millisecond or so. */
  public static final int STEP_ENTRIES_MAX = 500;

  /** A step takes this share of the time at most, so that writes have the rest. */
  private static final int PAUSES_PER_STEP = 3;

  private final Supplier<PublishedView> views;
  private final LongSupplier nanoTime;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition marked = lock.newCondition();
  // Guarded by lock, as are all fields below.
  private final TreeMap<Long, List<CompletableFuture<Void>>> waiting = new TreeMap<>();
  private long mark;
  private long done;
  private boolean ended;

  /**
   * Creates a compactor without starting it.
   *
   * @param views the newest published view, held for the compactor, which closes it
   * @param nanoTime a monotonic clock
   */
  public Compactor(Supplier<PublishedView> views, LongSupplier nanoTime) {
    this.views = views;
    this.nanoTime = nanoTime;
    try (PublishedView view = views.get()) {
      mark = view.state().compactedRevision();
      done = PurgeProgress.read(view.view()).done();
    }
  }

  /** Starts the work as a task of a scope; it goes on where an earlier run ended. */
  public void start(TaskScope scope, Applier applier) {
    // A platform thread: engine calls would pin a virtual thread's carrier.
    scope.forkPlatform("compact", () -> run(applier));
  }

  /** Told of every published state, on the apply thread. */
  public void published(StoreState state) {
    lock.lock();
    try {
      if (state.compactedRevision() > mark) {
        mark = state.compactedRevision();
        marked.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for the removal of what a compaction made unreadable.
   *
   * @param revision the compaction's mark
   * @return completes when it has been removed here; fails with {@code STOPPED} when the node stops
   *     before that
   */
  public CompletableFuture<Void> purged(long revision) {
    CompletableFuture<Void> purged = new CompletableFuture<>();
    lock.lock();
    try {
      if (revision > done) {
        if (ended) {
          return CompletableFuture.failedFuture(MetastoreException.of(ErrorCode.STOPPED));
        }
        waiting.computeIfAbsent(revision, r -> new ArrayList<>()).add(purged);
        return purged;
      }
    } finally {
      lock.unlock();
    }
    purged.complete(null);
    return purged;
  }

  private void run(Applier applier) throws InterruptedException, ExecutionException {
    try {
      do {
        awaitMark();
      } while (purge(applier));
    } finally {
      end();
    }
  }

  private void awaitMark() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (mark <= done) {
        marked.await();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Takes steps until nothing is left to remove; false when the node stops before that. */
  private boolean purge(Applier applier) throws InterruptedException, ExecutionException {
    long started = nanoTime.getAsLong();
    long entries = 0;
    while (true) {
      long stepStarted = nanoTime.getAsLong();
      Optional<PurgeStep> step = nextStep();
      if (step.isEmpty()) {
        return true;
      }
      if (!applier.upkeep(step.get().batch()).get()) {
        return false;
      }
      entries += step.get().entries();
      PurgeProgress progress = step.get().progress();
      if (progress.done() == progress.target()) {
        LOG.info(
            "compaction purged revision={} entries={} took-ms={}",
            progress.done(),
            entries,
            TimeUnit.NANOSECONDS.toMillis(nanoTime.getAsLong() - started));
        completed(progress.done());
      }
      // The pause itself is the point: it leaves the machine to the writers.
      TimeUnit.NANOSECONDS.sleep(PAUSES_PER_STEP * (nanoTime.getAsLong() - stepStarted));
    }
  }

  private Optional<PurgeStep> nextStep() {
    try (PublishedView view = views.get()) {
      return PurgeStep.next(view, STEP_ENTRIES_MAX);
    }
  }

  private void completed(long purged) {
    List<CompletableFuture<Void>> reached = new ArrayList<>();
    lock.lock();
    try {
      done = purged;
      Iterator<Map.Entry<Long, List<CompletableFuture<Void>>>> waiters =
          waiting.headMap(purged, true).entrySet().iterator();
      while (waiters.hasNext()) {
        reached.addAll(waiters.next().getValue());
        waiters.remove();
      }
    } finally {
      lock.unlock();
    }
    reached.forEach(waiter -> waiter.complete(null));
  }

  private void end() {
    List<CompletableFuture<Void>> left = new ArrayList<>();
    lock.lock();
    try {
      ended = true;
      waiting.values().forEach(left::addAll);
      waiting.clear();
    } finally {
      lock.unlock();
    }
    left.forEach(waiter -> waiter.completeExceptionally(MetastoreException.of(ErrorCode.STOPPED)));
  }
}
