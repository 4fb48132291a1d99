package io.metastore.store.rocksdb;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Lets threads in until it is closed, and says when the last one has left.
 *
 * <p>It guards native memory: who is inside may use it, and it is freed by {@code whenEmpty}, which
 * runs exactly once, in the thread that closed the gate or in the last one that left it. Entering
 * and leaving cost an atomic addition each and never wait. Thread-safe.
 */
final class Gate {
  private static final int CLOSED = 1 << 31;
  private static final int EMPTIED = 1 << 30;

  // Number of threads inside, in the lower bits, and the two flags above.
  private final AtomicInteger state = new AtomicInteger();
  private final Runnable whenEmpty;

  Gate(Runnable whenEmpty) {
    this.whenEmpty = whenEmpty;
  }

  /** True when the caller is inside, and must {@link #leave()}. */
  boolean tryEnter() {
    if (state.getAndIncrement() < 0) {
      leave();
      return false;
    }
    return true;
  }

  void leave() {
    if (state.decrementAndGet() == CLOSED) {
      emptied();
    }
  }

  boolean isClosed() {
    return state.get() < 0;
  }

  /** Lets nobody in any more. Returns true for the first call. */
  boolean close() {
    int before = state.getAndUpdate(now -> now | CLOSED);
    if (before == 0) {
      emptied();
    }
    return before >= 0;
  }

  // A thread that is just being turned away counts for a moment, so that several threads may see
  // the count fall to nothing.
  private void emptied() {
    if (state.compareAndSet(CLOSED, CLOSED | EMPTIED)) {
      whenEmpty.run();
    }
  }
}
