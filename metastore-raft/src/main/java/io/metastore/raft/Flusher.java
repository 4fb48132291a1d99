package io.metastore.raft;

import io.metastore.api.storage.StorageEngine;
import io.metastore.core.apply.StateMachine;
import io.metastore.core.mvcc.StoreState;
import io.metastore.core.task.TaskScope;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the engine durable from time to time, so that the log before that point can be purged and a
 * restart replays little. It flushes after a fixed amount of log, but spends at most a tenth of the
 * time on it, so that an engine whose flush costs as much as it stores is not kept busy with it.
 *
 * <p>Thread-safe.
 */
final class Flusher {
  private static final Logger LOG = LoggerFactory.getLogger(Flusher.class);

  /** Log bytes after which the engine is flushed. */
  static final long FLUSH_BYTES = 64L << 20;

  /** A flush that took longer than this is not repeated just to make the next start faster. */
  private static final Duration LAST_FLUSH_MAX = Duration.ofSeconds(1);

  private static final int PAUSE_PER_FLUSH = 9;

  private final StorageEngine engine;
  private final StateMachine stateMachine;
  private final AtomicLong unflushedBytes = new AtomicLong();
  private final Semaphore due = new Semaphore(0);
  // Only goes forward.
  private final AtomicReference<StoreState> flushed;
  private volatile long lastFlushNanos;

  /** Creates a flusher without starting it. */
  Flusher(StorageEngine engine, StateMachine stateMachine) {
    this.engine = engine;
    this.stateMachine = stateMachine;
    // What an engine holds when it is opened came from its disk.
    this.flushed = new AtomicReference<>(stateMachine.state());
  }

  /**
   * Starts the loop as a task of a scope.
   *
   * @param purge told up to which log index the engine is durable, after each flush
   */
  void start(TaskScope scope, LongConsumer purge) {
    // A platform thread: a flush is one long native call.
    scope.forkPlatform("flush", () -> flushLoop(purge));
  }

  /** The state up to which the engine is durable. */
  StoreState flushed() {
    return flushed.get();
  }

  /** The engine was exchanged for one that holds this state durably. */
  void installed(StoreState state) {
    unflushedBytes.set(0);
    durable(state);
  }

  private void durable(StoreState state) {
    var unused =
        flushed.accumulateAndGet(
            state,
            (before, reached) -> reached.appliedIndex() > before.appliedIndex() ? reached : before);
  }

  /** Called by the apply loop after each drain, with the bytes of log that it brought in. */
  void applied(long logBytes) {
    if (unflushedBytes.addAndGet(logBytes) >= FLUSH_BYTES) {
      request();
    }
  }

  /** Asks for a flush soon; much was removed, say, and still takes memory until then. */
  void request() {
    if (due.availablePermits() == 0) {
      due.release();
    }
  }

  private void flushLoop(LongConsumer purge) throws InterruptedException {
    while (true) {
      due.acquire();
      flush();
      purge.accept(flushed.get().appliedIndex());
      // The pause itself is the point: it bounds the share of time spent on flushing.
      TimeUnit.NANOSECONDS.sleep(PAUSE_PER_FLUSH * lastFlushNanos);
    }
  }

  /** Makes everything that was applied before the call durable. */
  void flush() {
    unflushedBytes.set(0);
    StoreState reached = stateMachine.state();
    long started = System.nanoTime();
    engine.flush();
    lastFlushNanos = System.nanoTime() - started;
    durable(reached);
    LOG.atDebug()
        .addKeyValue("applied-index", reached.appliedIndex())
        .addKeyValue("took-ms", TimeUnit.NANOSECONDS.toMillis(lastFlushNanos))
        .log("engine flushed");
  }

  /** Flushes before the engine is closed, unless that is known to take long: the log has it all. */
  void flushAtClose() {
    if (unflushedBytes.get() > 0 && lastFlushNanos < LAST_FLUSH_MAX.toNanos()) {
      flush();
    }
  }
}
