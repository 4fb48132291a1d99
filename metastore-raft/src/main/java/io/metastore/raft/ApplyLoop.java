package io.metastore.raft;

import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.core.NodeMetrics;
import io.metastore.core.apply.Commit;
import io.metastore.core.apply.StateMachine;
import io.metastore.core.task.TaskScope;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The commit stream and its one reader: commits come off the log into a small bounded queue, and
 * the single writer brings all that is there into the engine as one batch. A full queue holds the
 * log back.
 *
 * <p>Thread-safe.
 */
final class ApplyLoop implements AutoCloseable {
  /** Commits between log and engine: enough for a batch, too few to run far ahead. */
  static final int STREAM_MAX = 256;

  private static final int DRAIN_COUNT_MAX = 64;
  private static final long DRAIN_BYTES_MAX = 8L << 20;

  private final StateMachine stateMachine;
  private final Flusher flusher;
  private final NodeMetrics metrics;
  private final HandoverQueue<Commit> stream = new HandoverQueue<>(STREAM_MAX);

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
    if (!stream.put(commit)) {
      notApplied(commit);
    }
    return commit.applyDone();
  }

  private static void notApplied(Commit commit) {
    commit.applyDone().completeExceptionally(new MetastoreException(ErrorCode.STOPPED));
  }

  private void applyLoop() throws InterruptedException {
    List<Commit> drained = List.of();
    try {
      while (true) {
        drained = stream.take(DRAIN_COUNT_MAX, c -> c.entry().remaining(), DRAIN_BYTES_MAX);
        if (drained.isEmpty()) {
          return;
        }
        long started = System.nanoTime();
        int proposals = stateMachine.apply(drained);
        metrics.applied(proposals, System.nanoTime() - started);
        flusher.applied(drained.stream().mapToLong(c -> c.entry().remaining()).sum());
      }
    } finally {
      drained.forEach(ApplyLoop::notApplied);
      stream.end().forEach(ApplyLoop::notApplied);
    }
  }

  /** Ends the stream: the loop applies what is in it and then ends by itself. */
  @Override
  public void close() {
    stream.close();
  }
}
