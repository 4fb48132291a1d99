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
import java.util.function.BooleanSupplier;
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
     * @param wanted asked by the apply thread just before: whether to commit it at all
     * @return true once the batch is in the engine and published, or was not wanted; false when
     *     that will not happen any more, because the node stops
     */
    CompletableFuture<Boolean> upkeep(WriteBatch batch, BooleanSupplier wanted);
  }

  private static final Logger LOG = LoggerFactory.getLogger(Compactor.class);

  /** Few enough that a write that has to wait for one step's commit waits about a millisecond. */
  public static final int STEP_ENTRIES_MAX = 500;

  /** How many times as long as a step took to compute the rest after it is, beside writes. */
  private static final int REST = Math.max(1, Integer.getInteger("metastore.compaction.rest", 60));

  private final Supplier<PublishedView> views;
  private final LongSupplier nanoTime;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition marked = lock.newCondition();
  // Guarded by lock, as are all fields below.
  private final TreeMap<Long, List<CompletableFuture<Void>>> waiting = new TreeMap<>();
  private long mark;
  private long done;
  // The newest revision that was published.
  private long written;
  private final PurgePace pace;
  // How often the store was exchanged for another.
  private long exchanges;
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
      written = view.state().revision();
      done = PurgeProgress.read(view.view()).done();
    }
    pace = new PurgePace(REST, written);
  }

  /**
   * Starts the work as a task of a scope; it goes on where an earlier run ended.
   *
   * @param removed told, on the task's thread, when all that a mark made unreadable has been
   *     removed and there was any: what it took can be given back
   */
  public void start(TaskScope scope, Applier applier, Runnable removed) {
    // A platform thread: engine calls would pin a virtual thread's carrier.
    scope.forkPlatform("compact", () -> run(applier, removed));
  }

  /** Told of every published state, on the apply thread. */
  public void published(StoreState state) {
    lock.lock();
    try {
      written = state.revision();
      if (state.compactedRevision() > mark) {
        if (mark > done) {
          pace.fellBehind();
        }
        mark = state.compactedRevision();
        marked.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * The store was exchanged for another, which is published in this state: told on the apply
   * thread. What was computed for the old one is not committed any more, and a purge that was not
   * finished where the new one comes from goes on.
   */
  public void exchanged(StoreState state) {
    lock.lock();
    try {
      exchanges++;
      mark = state.compactedRevision();
      // Whatever was removed from the old one: it looks anew.
      done = StoreState.NEVER_COMPACTED;
      marked.signal();
    } finally {
      lock.unlock();
    }
  }

  private long exchanges() {
    lock.lock();
    try {
      return exchanges;
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

  private void run(Applier applier, Runnable removed)
      throws InterruptedException, ExecutionException {
    try {
      do {
        awaitMark();
      } while (purge(applier, removed));
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
  private boolean purge(Applier applier, Runnable removed)
      throws InterruptedException, ExecutionException {
    long started = nanoTime.getAsLong();
    long entries = 0;
    while (true) {
      long store = exchanges();
      long stepStarted = nanoTime.getAsLong();
      Optional<PurgeStep> step = nextStep();
      long stepNanos = nanoTime.getAsLong() - stepStarted;
      if (step.isEmpty()) {
        return true;
      }
      if (!applier.upkeep(step.get().batch(), () -> exchanges() == store).get()) {
        return false;
      }
      if (exchanges() != store) {
        continue;
      }
      entries += step.get().entries();
      PurgeProgress progress = step.get().progress();
      if (progress.done() == progress.target()) {
        LOG.atInfo()
            .addKeyValue("revision", progress.done())
            .addKeyValue("entries", entries)
            .addKeyValue("took-ms", TimeUnit.NANOSECONDS.toMillis(nanoTime.getAsLong() - started))
            .log("compaction purged");
        completed(progress.done());
        if (entries > 0) {
          removed.run();
        }
      }
      // The pause itself is the point: it leaves the machine to the writers.
      TimeUnit.NANOSECONDS.sleep(restNanos(stepNanos));
    }
  }

  private long restNanos(long stepNanos) {
    lock.lock();
    try {
      return pace.restNanos(stepNanos, written);
    } finally {
      lock.unlock();
    }
  }

  private Optional<PurgeStep> nextStep() {
    try (PublishedView view = views.get()) {
      Optional<PurgeStep> step = PurgeStep.next(view, STEP_ENTRIES_MAX);
      if (step.isEmpty()) {
        // An image may hold all of it removed.
        completed(PurgeProgress.read(view.view()).done());
      }
      return step;
    }
  }

  private void completed(long purged) {
    List<CompletableFuture<Void>> reached = new ArrayList<>();
    lock.lock();
    try {
      done = Math.max(done, purged);
      if (done >= mark) {
        pace.caughtUp();
      }
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
