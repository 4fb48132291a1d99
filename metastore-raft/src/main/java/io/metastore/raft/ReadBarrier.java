package io.metastore.raft;

import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.core.ConsensusStatus;
import io.metastore.core.NodeMetrics;
import io.metastore.core.task.TaskScope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Makes reads linearizable: whoever has passed sees all that was acknowledged before it came.
 *
 * <p>Callers that come while a round is under way share the next one, because a round that began
 * before a call may not serve it; so under load one round serves many. The only voter of a cluster
 * needs no round: nothing can have been acknowledged that this member has not published.
 *
 * <p>As in etcd, a round that meets a change of leader ends with {@code leader changed} as soon as
 * the new one is known, and one that has no answer at its end with {@code request timed out}. The
 * first leader that this member hears of is no change: a round waits for it. (etcd serves no client
 * before.)
 *
 * <p>Thread-safe.
 */
final class ReadBarrier implements AutoCloseable {
  private static final Duration RETRY_INTERVAL = Duration.ofMillis(20);

  /** How long a close lets a round go on: it would be passed by then if it could be. */
  private static final Duration CLOSING_MAX = Duration.ofMillis(500);

  private static final CompletableFuture<Void> PASSED = CompletableFuture.completedFuture(null);

  private final RaftLog log;
  private final Duration timeout;
  private final NodeMetrics metrics;
  private final HandoverQueue<CompletableFuture<Void>> callers;
  private final AtomicBoolean started = new AtomicBoolean();
  private final CountDownLatch closing = new CountDownLatch(1);
  // Completes a while after the close has begun.
  private final CompletableFuture<Void> over = new CompletableFuture<>();
  // Of the loop alone: whether a round has seen a leader.
  private boolean ledBefore;

  /**
   * Creates a barrier without starting it.
   *
   * @param callersMax how many may wait, at least 1
   * @param timeout after which a round fails with {@code request timed out}
   */
  ReadBarrier(RaftLog log, int callersMax, Duration timeout, NodeMetrics metrics) {
    this.log = log;
    this.timeout = timeout;
    this.metrics = metrics;
    this.callers = new HandoverQueue<>(callersMax);
  }

  /**
   * Starts the loop as a task of a scope.
   *
   * @throws IllegalStateException when the scope is cancelled; {@link #close()} then answers those
   *     who wait
   */
  void start(TaskScope scope) {
    scope.fork("read-barrier", this::roundLoop);
    started.set(true);
  }

  /** Waits until it is safe to read; see {@link io.metastore.core.Consensus#readBarrier}. */
  CompletableFuture<Void> await() {
    if (log.isSoleVoter()) {
      return PASSED;
    }
    CompletableFuture<Void> caller = new CompletableFuture<>();
    switch (callers.offer(caller)) {
      case ACCEPTED -> {}
      case FULL -> caller.completeExceptionally(failure(ErrorCode.REQUEST_TOO_MANY_REQUESTS));
      case CLOSED -> caller.completeExceptionally(failure(ErrorCode.STOPPED));
    }
    return caller;
  }

  private void roundLoop() throws InterruptedException {
    List<CompletableFuture<Void>> round = new ArrayList<>();
    try {
      while (true) {
        round = callers.take(Integer.MAX_VALUE, 0);
        if (round.isEmpty()) {
          return;
        }
        pass(round);
      }
    } finally {
      stop(round);
      stop(callers.end());
    }
  }

  private static void stop(List<CompletableFuture<Void>> waiting) {
    waiting.forEach(caller -> caller.completeExceptionally(failure(ErrorCode.STOPPED)));
  }

  private void pass(List<CompletableFuture<Void>> round) throws InterruptedException {
    long started = System.nanoTime();
    try {
      readIndex(started + timeout.toNanos());
      metrics.readBarrierPassed(round.size(), System.nanoTime() - started);
      round.forEach(caller -> caller.complete(null));
    } catch (MetastoreException e) {
      metrics.readBarrierFailed();
      round.forEach(caller -> caller.completeExceptionally(e));
    }
  }

  private void readIndex(long deadlineNanos) throws InterruptedException {
    ConsensusStatus before = log.status();
    ledBefore |= before.hasLeader();
    while (true) {
      CompletableFuture<Void> round = log.readIndex();
      try {
        CompletableFuture.anyOf(round, over)
            .get(Math.max(0, deadlineNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
        if (!round.isDone()) {
          throw failure(ErrorCode.STOPPED);
        }
        return;
      } catch (TimeoutException e) {
        throw failure(ErrorCode.TIMEOUT);
      } catch (ExecutionException e) {
        ConsensusStatus now = log.status();
        if (ledBefore && now.hasNewerLeaderThan(before)) {
          throw failure(ErrorCode.LEADER_CHANGED);
        }
        if (!ledBefore) {
          before = now;
          ledBefore = now.hasLeader();
        }
        boolean over = System.nanoTime() + RETRY_INTERVAL.toNanos() - deadlineNanos >= 0;
        if (over || !(e.getCause() instanceof RaftLog.RetryableException)) {
          throw failure(ErrorCode.TIMEOUT);
        }
        if (closing.await(RETRY_INTERVAL.toNanos(), TimeUnit.NANOSECONDS)) {
          throw failure(ErrorCode.STOPPED);
        }
      }
    }
  }

  private static MetastoreException failure(ErrorCode code) {
    return MetastoreException.of(code);
  }

  /** Takes no more callers; the loop ends when those it has are answered. */
  @Override
  public void close() {
    closing.countDown();
    over.completeOnTimeout(null, CLOSING_MAX.toNanos(), TimeUnit.NANOSECONDS);
    callers.close();
    if (!started.get()) {
      // There is no loop that could answer them.
      stop(callers.end());
    }
  }
}
