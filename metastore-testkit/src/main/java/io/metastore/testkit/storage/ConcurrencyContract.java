package io.metastore.testkit.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.StorageEngine;
import io.metastore.api.storage.StorageView;
import io.metastore.api.storage.WriteBatch;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** What goes on while a flush or a checkpoint does. */
abstract class ConcurrencyContract extends EngineCase {
  private static final int ROUNDS = 5;
  private static final int VALUE_BYTES = 20_000;
  private static final int KEYS = 400;

  /** Written between two rounds, so that each has something to do. */
  private static final int BETWEEN = 400;

  /** Between two steps of a thread, so that whoever ends its work finds a processor at once. */
  private static final long REST_NANOS = 100_000;

  /** More than a lock lets pass when it is given up. */
  private static final long GOES_ON = 6;

  private interface LongWork {
    void run(int round);
  }

  @Test
  void commitsAndReadsEndWhileAFlushRuns() throws Exception {
    StorageEngine engine = open();
    assertOthersGoOn(engine, round -> engine.flush());
  }

  @Test
  void commitsAndReadsEndWhileACheckpointRuns() throws Exception {
    StorageEngine engine = open();
    assertOthersGoOn(engine, round -> engine.checkpoint(checkpoint(round)));
  }

  /** Holds threads back between two steps of theirs. */
  private static final class Gate {
    private final AtomicInteger waiting = new AtomicInteger();
    private volatile boolean closed;

    void pass() {
      if (closed) {
        waiting.incrementAndGet();
        while (closed) {
          LockSupport.parkNanos(50_000);
        }
        waiting.decrementAndGet();
      }
    }
  }

  /**
   * Counts the commits, and the reads by another thread, that begin once a piece of work is under
   * way and end before it does. An engine that holds one lock for all of it lets none pass, or one
   * or two at its end; the median over the rounds leaves out what a scheduler may do to a round.
   */
  private static void assertOthersGoOn(StorageEngine engine, LongWork work) throws Exception {
    AtomicLong commits = new AtomicLong();
    AtomicLong reads = new AtomicLong();
    AtomicBoolean done = new AtomicBoolean();
    Gate gate = new Gate();
    long[] committed = new long[ROUNDS];
    long[] read = new long[ROUNDS];
    try (Together threads = new Together()) {
      threads.run(() -> untilDone(done, gate, commits, () -> commitLarge(engine, commits.get())));
      threads.run(() -> untilDone(done, gate, reads, () -> readOne(engine)));
      for (int i = 0; i < ROUNDS; i++) {
        int round = i;
        long wanted = commits.get() + BETWEEN;
        Together.await("commits", () -> commits.get() >= wanted);
        gate.closed = true;
        // So that the work finds nobody in its way, and need not be lucky to begin.
        Together.await("both threads", () -> gate.waiting.get() == 2);
        long commitsBefore = commits.get();
        long readsBefore = reads.get();
        try (Together worker = new Together()) {
          worker.run(
              () -> {
                work.run(round);
                committed[round] = commits.get() - commitsBefore;
                read[round] = reads.get() - readsBefore;
                return null;
              });
          TimeUnit.MILLISECONDS.sleep(1);
          gate.closed = false;
          worker.join();
        }
      }
      done.set(true);
      threads.join();
    }
    assertTrue(median(committed) >= GOES_ON, () -> "commits: " + Arrays.toString(committed));
    assertTrue(median(read) >= GOES_ON, () -> "reads: " + Arrays.toString(read));
  }

  private static Object untilDone(AtomicBoolean done, Gate gate, AtomicLong count, Callable<?> one)
      throws Exception {
    do {
      gate.pass();
      one.call();
      count.incrementAndGet();
      LockSupport.parkNanos(REST_NANOS);
    } while (!done.get());
    return count;
  }

  private static Object commitLarge(StorageEngine engine, long n) {
    byte[] value = new byte[VALUE_BYTES];
    // Not to be compressed.
    new Random(n).nextBytes(value);
    WriteBatch batch = new WriteBatch();
    batch.put(Keyspace.CURRENT, key(n), value);
    engine.commit(batch);
    return batch;
  }

  private static byte[] key(long n) {
    return ByteBuffer.allocate(Long.BYTES).putLong(n % KEYS).array();
  }

  private static Object readOne(StorageEngine engine) {
    try (StorageView view = engine.view()) {
      return view.get(Keyspace.CURRENT, key(0));
    }
  }

  private static long median(long[] values) {
    long[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  @Test
  void checkpointsFlushesCommitsAndReadsRunTogether() throws Exception {
    StorageEngine engine = open();
    commitNumbered(engine, 1, 100);
    AtomicBoolean done = new AtomicBoolean();
    AtomicLong committed = new AtomicLong(100);
    AtomicLong reads = new AtomicLong();
    long[] before = new long[6];
    try (Together threads = new Together();
        StorageView view = engine.view();
        Together checkpoints = new Together()) {
      threads.run(
          () ->
              untilDone(
                  done,
                  new Gate(),
                  reads,
                  () -> {
                    NumberedBatches.after(100).assertIn(view, "view at 100");
                    long least = committed.get();
                    long now = countIn(engine);
                    assertTrue(now >= least, "view at " + now + " misses commit " + least);
                    return view;
                  }));
      threads.run(
          () -> {
            for (long n = 101; !done.get(); n++) {
              engine.commit(NumberedBatches.batch(n));
              committed.set(n);
            }
            return null;
          });
      threads.run(
          () -> {
            while (!done.get()) {
              engine.flush();
            }
            return null;
          });
      for (int writer = 0; writer < 2; writer++) {
        int first = 3 * writer;
        checkpoints.run(
            () -> {
              for (int i = first; i < first + 3; i++) {
                before[i] = committed.get();
                engine.checkpoint(checkpoint(i));
              }
              return null;
            });
      }
      checkpoints.join();
      done.set(true);
      threads.join();
    }
    for (int i = 0; i < before.length; i++) {
      Path target = temp.resolve("restored-" + i);
      provider().restore(checkpoint(i), target);
      StorageEngine copy = open(target);
      try (StorageView view = copy.view()) {
        long count = NumberedBatches.count(view);
        assertTrue(count >= before[i], "checkpoint of " + count + " behind " + before[i]);
        NumberedBatches.after(count).assertIn(view, "restored at " + count);
      }
      copy.close();
    }
    assertEquals(committed.get(), countIn(engine));
  }

  private Path checkpoint(int i) {
    return temp.resolve("checkpoint-" + i);
  }

  private static long countIn(StorageEngine engine) {
    try (StorageView view = engine.view()) {
      return NumberedBatches.count(view);
    }
  }
}
