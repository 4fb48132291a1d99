package io.metastore.testkit.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/**
 * Records the operations of a test's clients. An operation is in the history when it has ended; one
 * whose client died in the middle must be ended as unknown. Thread-safe.
 */
public final class HistoryRecorder {
  private final LongSupplier nanoClock;
  private final Queue<Operation> ended = new ConcurrentLinkedQueue<>();

  /** An empty history by the system's monotonic clock. */
  public HistoryRecorder() {
    this(System::nanoTime);
  }

  /** An empty history by a clock that never goes back. */
  public HistoryRecorder(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  /** An operation that is under way; its client ends it, once. */
  public final class Running {
    private final String client;
    private final String key;
    private final Action action;
    private final long invokedNanos;
    private final AtomicBoolean over = new AtomicBoolean();

    private Running(String client, String key, Action action, long invokedNanos) {
      this.client = client;
      this.key = key;
      this.action = action;
      this.invokedNanos = invokedNanos;
    }

    /**
     * Records how it ended, now.
     *
     * @throws IllegalStateException when that was recorded before
     */
    public Operation end(Outcome outcome) {
      if (over.getAndSet(true)) {
        throw new IllegalStateException("ended twice: " + client + " " + action + " of " + key);
      }
      Operation operation =
          new Operation(client, key, action, outcome, invokedNanos, nanoClock.getAsLong());
      ended.add(operation);
      return operation;
    }
  }

  /** Begins an operation, now: call it before the request goes out. */
  public Running begin(String client, String key, Action action) {
    return new Running(client, key, action, nanoClock.getAsLong());
  }

  /** What has ended so far, in the order of ending. */
  public List<Operation> operations() {
    return new ArrayList<>(ended);
  }
}
