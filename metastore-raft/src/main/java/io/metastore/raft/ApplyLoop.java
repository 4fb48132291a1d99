package io.metastore.raft;

import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.api.storage.WriteBatch;
import io.metastore.core.NodeMetrics;
import io.metastore.core.apply.Commit;
import io.metastore.core.apply.StateMachine;
import io.metastore.core.task.TaskScope;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * The commit stream and its one reader: commits come off the log into a small bounded queue, and
 * the single writer brings all that is there into the engine as one batch. A full queue holds the
 * log back.
 *
 * <p>Thread-safe.
 */
final class ApplyLoop implements AutoCloseable {
  /** What comes down the stream. */
  private sealed interface Item {
    /** How much of a drain it takes up. */
    long bytes();
  }

  /** An entry of the log. */
  private record Committed(Commit commit) implements Item {
    @Override
    public long bytes() {
      return commit.entry().remaining();
    }
  }

  /** A batch that changes nothing readable, and of which the log knows nothing. */
  private record Upkeep(WriteBatch batch, BooleanSupplier wanted, CompletableFuture<Boolean> done)
      implements Item {
    @Override
    public long bytes() {
      return batch.bytes();
    }
  }

  /** An exchange of the whole content for that of an image. */
  private record Exchange(Runnable work, CompletableFuture<Void> done) implements Item {
    @Override
    public long bytes() {
      return 0;
    }
  }

  /** Commits between log and engine: enough for a batch, too few to run far ahead. */
  static final int STREAM_MAX = 256;

  /** The same in bytes: the largest commits are more than a MB, and the heap is bounded. */
  static final long STREAM_BYTES_MAX = 32L << 20;

  private static final int DRAIN_COUNT_MAX = 64;
  private static final long DRAIN_BYTES_MAX = 8L << 20;

  private final StateMachine stateMachine;
  private final Flusher flusher;
  private final NodeMetrics metrics;
  private final HandoverQueue<Item> stream =
      new HandoverQueue<>(STREAM_MAX, Item::bytes, STREAM_BYTES_MAX);

  /**
   * Creates the loop without starting it.
   *
   * @param flusher told of every drain
   */
  ApplyLoop(StateMachine stateMachine, Flusher flusher, NodeMetrics metrics) {
    this.stateMachine = stateMachine;
    this.flusher = flusher;
    this.metrics = metrics;
  }

  /**
   * Starts the loop as a task of a scope. A failure of the state machine is the task's failure: the
   * scope's owner must stop the node.
   */
  void start(TaskScope scope) {
    // A platform thread: engine calls would pin a virtual thread's carrier.
    scope.forkPlatform("apply", this::applyLoop);
  }

  /**
   * Hands over a commit, waiting for room.
   *
   * @return the commit's apply-done future; it fails when the stream has ended before the commit
   *     was applied: the entry is in the log and is applied after the next start
   */
  CompletableFuture<Void> commit(Commit commit) throws InterruptedException {
    if (!stream.put(new Committed(commit))) {
      notApplied(commit);
    }
    return commit.applyDone();
  }

  private static void notApplied(Commit commit) {
    commit.applyDone().completeExceptionally(MetastoreException.of(ErrorCode.STOPPED));
  }

  /**
   * Hands over a batch of housekeeping, which changes nothing readable, waiting for room.
   *
   * @param wanted asked just before it is committed: whether it is at all
   * @return true once it is in the engine and published, or was not wanted; false when that will
   *     not be, because the stream has ended
   */
  CompletableFuture<Boolean> upkeep(WriteBatch batch, BooleanSupplier wanted) {
    CompletableFuture<Boolean> done = new CompletableFuture<>();
    try {
      if (!stream.put(new Upkeep(batch, wanted, done))) {
        done.complete(false);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      done.complete(false);
    }
    return done;
  }

  /**
   * Has the content exchanged between two drains, by the apply thread, waiting for room. All that
   * was handed over before is applied by then.
   *
   * @return fails when the stream has ended before that
   */
  CompletableFuture<Void> exchange(Runnable work) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    try {
      if (!stream.put(new Exchange(work, done))) {
        done.completeExceptionally(MetastoreException.of(ErrorCode.STOPPED));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      done.completeExceptionally(e);
    }
    return done;
  }

  private void applyLoop() throws InterruptedException {
    List<Item> drained = List.of();
    try {
      while (true) {
        drained = stream.take(DRAIN_COUNT_MAX, DRAIN_BYTES_MAX);
        if (drained.isEmpty()) {
          return;
        }
        // Commits first: somebody waits for them. Housekeeping does not depend on the order.
        apply(drained.stream().mapMulti(ApplyLoop::commits).toList());
        drained.forEach(this::keepUp);
        drained.forEach(this::exchange);
        flusher.applied(drained.stream().mapToLong(Item::bytes).sum());
      }
    } finally {
      drained.forEach(ApplyLoop::giveUp);
      stream.end().forEach(ApplyLoop::giveUp);
    }
  }

  private static void commits(Item item, Consumer<Commit> to) {
    if (item instanceof Committed committed) {
      to.accept(committed.commit());
    }
  }

  private void apply(List<Commit> commits) {
    if (commits.isEmpty()) {
      return;
    }
    long started = System.nanoTime();
    int proposals = stateMachine.apply(commits);
    metrics.applied(proposals, System.nanoTime() - started);
  }

  private void keepUp(Item item) {
    if (item instanceof Upkeep upkeep) {
      if (upkeep.wanted().getAsBoolean()) {
        stateMachine.upkeep(upkeep.batch());
      }
      upkeep.done().complete(true);
    }
  }

  // Ratis hands over no commit between asking for an exchange and its end, so the order in a drain
  // does not matter. Housekeeping that was computed for the old content is not wanted after it.
  private void exchange(Item item) {
    if (item instanceof Exchange exchange) {
      exchange.work().run();
      exchange.done().complete(null);
    }
  }

  /** Completes what nobody will come to any more; what is complete stays as it is. */
  private static void giveUp(Item item) {
    switch (item) {
      case Committed committed -> notApplied(committed.commit());
      case Upkeep upkeep -> upkeep.done().complete(false);
      case Exchange exchange ->
          exchange.done().completeExceptionally(MetastoreException.of(ErrorCode.STOPPED));
    }
  }

  /** Ends the stream: the loop applies what is in it and then ends by itself. */
  @Override
  public void close() {
    stream.close();
  }
}
