package io.metastore.raft;

import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.core.message.Member;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes of the members, one at a time: the next is checked when the one before it is in force, so
 * that two cannot each be allowed that together are not. They have growing numbers.
 *
 * <p>Thread-safe. Closing twice is harmless.
 */
final class MembershipQueue implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MembershipQueue.class);

  private static final int WAITING_MAX = 64;

  private record Change(
      Supplier<CompletableFuture<List<Member>>> work,
      long deadlineNanos,
      CompletableFuture<List<Member>> outcome) {}

  private final HandoverQueue<Change> queue = new HandoverQueue<>(WAITING_MAX);

  /**
   * Queues a change.
   *
   * @param work checks the change and carries it out
   * @param deadlineNanos until when somebody waits
   */
  CompletableFuture<List<Member>> add(
      Supplier<CompletableFuture<List<Member>>> work, long deadlineNanos) {
    Change change = new Change(work, deadlineNanos, new CompletableFuture<>());
    switch (queue.offer(change)) {
      case ACCEPTED -> {}
      case FULL -> fail(change, ErrorCode.REQUEST_TOO_MANY_REQUESTS);
      case CLOSED -> fail(change, ErrorCode.STOPPED);
    }
    return change.outcome();
  }

  private static void fail(Change change, ErrorCode code) {
    change.outcome().completeExceptionally(MetastoreException.of(code));
  }

  /** Carries changes out until the queue is closed and empty. */
  void run() throws InterruptedException {
    List<Change> taken = List.of();
    try {
      for (long number = 1; ; number++) {
        taken = queue.take(1, 0);
        if (taken.isEmpty()) {
          return;
        }
        carryOut(number, taken.getFirst());
      }
    } finally {
      taken.forEach(change -> fail(change, ErrorCode.STOPPED));
      queue.end().forEach(change -> fail(change, ErrorCode.STOPPED));
    }
  }

  private static void carryOut(long number, Change change) throws InterruptedException {
    long left = change.deadlineNanos() - System.nanoTime();
    if (left <= 0) {
      fail(change, ErrorCode.TIMEOUT);
      return;
    }
    try {
      change.outcome().complete(change.work().get().get(left, TimeUnit.NANOSECONDS));
      LOG.atInfo().addKeyValue("change", number).log("members changed");
    } catch (ExecutionException e) {
      change.outcome().completeExceptionally(e.getCause());
    } catch (TimeoutException e) {
      fail(change, ErrorCode.TIMEOUT);
    } catch (RuntimeException e) {
      change.outcome().completeExceptionally(e);
    }
  }

  /** Takes no more changes; the loop ends when those it has are done. */
  @Override
  public void close() {
    queue.close();
  }
}
