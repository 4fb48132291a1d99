package io.metastore.app.grpc;

import io.metastore.api.ErrorCode;
import io.metastore.core.task.TaskScope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * Ends the streams of clients that demand a leader when there has been none for three election
 * timeouts (etcd {@code v3rpc/interceptor.go}, monitorLeader). Thread-safe.
 */
final class LeaderMonitor implements AutoCloseable {
  private static final int MISSED_MAX = 3;

  /** What is ended; compared by identity. */
  interface Stream {
    /** Ends the stream, unless it is over. */
    void end(ErrorCode reason);
  }

  private final BooleanSupplier leaderKnown;
  private final long intervalNanos;
  private final TaskScope scope = TaskScope.open("leader-monitor");
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition added = lock.newCondition();
  // Guarded by lock.
  private final Set<Stream> streams = new HashSet<>();
  // Guarded by lock: what was missed before the streams that are here now came does not count.
  private boolean fresh = true;

  /** Starts to look once in each election timeout while there is a stream. */
  LeaderMonitor(BooleanSupplier leaderKnown, Duration electionTimeout) {
    this.leaderKnown = leaderKnown;
    this.intervalNanos = electionTimeout.toNanos();
    scope.fork("look", this::loop);
  }

  /** A stream that ends without a leader. */
  void add(Stream stream) {
    lock.lock();
    try {
      fresh |= streams.isEmpty();
      streams.add(stream);
      added.signal();
    } finally {
      lock.unlock();
    }
  }

  /** A stream is over. */
  void remove(Stream stream) {
    lock.lock();
    try {
      streams.remove(stream);
    } finally {
      lock.unlock();
    }
  }

  private void loop() throws InterruptedException {
    int missed = 0;
    while (true) {
      missed = awaitNext() ? 0 : missed;
      missed = leaderKnown.getAsBoolean() ? 0 : missed + 1;
      if (missed >= MISSED_MAX) {
        take().forEach(stream -> stream.end(ErrorCode.NO_LEADER));
        missed = 0;
      }
    }
  }

  /** Waits for the time of the next look; true when it is the first one for its streams. */
  private boolean awaitNext() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (streams.isEmpty()) {
        added.await();
      }
      long left = intervalNanos;
      while (left > 0) {
        left = added.awaitNanos(left);
      }
      boolean first = fresh;
      fresh = false;
      return first;
    } finally {
      lock.unlock();
    }
  }

  private List<Stream> take() {
    lock.lock();
    try {
      List<Stream> all = new ArrayList<>(streams);
      streams.clear();
      return all;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    scope.close();
  }
}
