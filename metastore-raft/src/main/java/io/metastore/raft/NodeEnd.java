package io.metastore.raft;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's end: one terminal outcome and one close, whoever and however many ask for it, also while
 * a failure closes the node. Thread-safe.
 */
final class NodeEnd {
  private static final Logger LOG = LoggerFactory.getLogger(NodeEnd.class);

  private final String name;
  private final Supplier<CloseSequence> closing;
  private final CompletableFuture<Void> terminated = new CompletableFuture<>();
  private final AtomicBoolean begun = new AtomicBoolean();
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile Optional<Exception> closeFailure = Optional.empty();

  /**
   * Creates the end of a node that runs.
   *
   * @param closing closes the node's parts and says how it went
   */
  NodeEnd(String name, Supplier<CloseSequence> closing) {
    this.name = name;
    this.closing = closing;
  }

  /** See {@link Node#terminated}. */
  CompletableFuture<Void> terminated() {
    // Those who wait may close the node, also from the thread that completes this: so it never is a
    // thread of the node.
    return terminated.whenCompleteAsync(
        (done, failure) -> {},
        waiting -> Thread.ofVirtual().name(name + "/terminated").start(waiting));
  }

  /** Decides the outcome: the node stops because of a failure, unless it was decided before. */
  void failed(Throwable cause) {
    if (terminated.completeExceptionally(cause)) {
      LOG.atError()
          .addKeyValue("name", name)
          .addKeyValue("because", cause.toString())
          .log("member stops");
    }
  }

  /** Decides the outcome: the node was closed, unless it was decided before. */
  void decided() {
    terminated.complete(null);
  }

  boolean isDecided() {
    return terminated.isDone();
  }

  boolean isClosing() {
    return begun.get();
  }

  /** Closes the node on a thread of its own. */
  void closeInBackground() {
    // In no scope: it closes the scope whose task failed.
    Thread.ofPlatform().daemon().name(name + "/fail").start(this::closeQuietly);
  }

  private void closeQuietly() {
    try {
      close();
    } catch (IllegalStateException e) {
      // The owner's own close reports it.
      LOG.atDebug().addKeyValue("name", name).setCause(e).log("closed after a failure");
    }
  }

  /**
   * Closes the node, or waits for the close that is under way.
   *
   * @throws IllegalStateException when a part did not close cleanly
   */
  void close() {
    if (begun.compareAndSet(false, true)) {
      try {
        closeFailure = closing.get().failure();
        LOG.atInfo()
            .addKeyValue("name", name)
            .addKeyValue("outcome", closeFailure.map(Exception::toString).orElse("ok"))
            .log("member stopped");
      } finally {
        closed.countDown();
      }
    }
    awaitClosed();
    closeFailure.ifPresent(
        failure -> {
          throw new IllegalStateException("member " + name + " did not close cleanly", failure);
        });
  }

  private void awaitClosed() {
    boolean interrupted = false;
    while (true) {
      try {
        closed.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
