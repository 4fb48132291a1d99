package org.apache.ratis.server.raftlog.segmented;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.util.CodeInjectionForTesting;
import org.apache.ratis.util.DataBlockingQueue;

/**
 * Wakes the threads that write logs, and tells when they have done what they were given. A log that
 * closes waits for its thread, and that one looks only once in a second whether it shall end,
 * unless it has something to do: so it is given something, which does nothing.
 *
 * <p>This class is not Ratis' own; it is in this package because the tasks of a log are. Ratis
 * names each thread and its queue at {@code RUN_WORKER}, a point made for its own tests.
 *
 * <p>Thread-safe.
 */
public final class LogWorkers {
  /** A thread that writes a log of some member's. */
  private record Worker(
      Object member, Thread thread, DataBlockingQueue<SegmentedRaftLog.Task> queue) {}

  /** A task that does nothing. */
  private static final class Nothing extends SegmentedRaftLog.Task {
    @Override
    void execute() {}

    @Override
    long getEndIndex() {
      // Beyond what was written: a log that has failed must tell so, not ignore it.
      return Long.MAX_VALUE;
    }
  }

  private static final Set<Worker> WORKERS = ConcurrentHashMap.newKeySet();

  private LogWorkers() {}

  /** Gets to know the threads that start from now on; doing so again changes nothing. */
  public static void watch() {
    CodeInjectionForTesting.put(
        SegmentedRaftLogWorker.RUN_WORKER, (member, none, args) -> started(member, args[0]));
  }

  @SuppressWarnings("unchecked") // The queue of a log's thread holds its tasks.
  private static boolean started(Object member, Object queue) {
    if (member != null) {
      WORKERS.add(
          new Worker(
              member, Thread.currentThread(), (DataBlockingQueue<SegmentedRaftLog.Task>) queue));
    }
    return true;
  }

  /** Has the threads of a member's logs look whether they shall end. Returns at once. */
  public static void wake(RaftPeerId member) {
    Objects.requireNonNull(member, "member");
    WORKERS.removeIf(worker -> !worker.thread().isAlive());
    for (Worker worker : WORKERS) {
      // A queue that has something in it keeps its thread awake by itself.
      if (worker.member().equals(member) && worker.queue().getNumElements() == 0) {
        boolean unused = worker.queue().offer(new Nothing());
      }
    }
  }

  /**
   * Completes when the threads of a member's logs have done all that they have been given so far:
   * what was to be written is written and flushed. Fails when a log has failed or is full.
   */
  public static CompletableFuture<Void> drained(RaftPeerId member) {
    Objects.requireNonNull(member, "member");
    WORKERS.removeIf(worker -> !worker.thread().isAlive());
    List<CompletableFuture<Long>> behind = new ArrayList<>();
    for (Worker worker : WORKERS) {
      if (worker.member().equals(member)) {
        SegmentedRaftLog.Task last = new Nothing();
        if (!worker.queue().offer(last)) {
          return CompletableFuture.failedFuture(new IOException("the log has too much to write"));
        }
        behind.add(last.getFuture());
      }
    }
    return CompletableFuture.allOf(behind.toArray(CompletableFuture[]::new));
  }
}
