package io.metastore.app.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.api.ErrorCode;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** When streams of clients that demand a leader end. The test says what each look finds. */
final class LeaderMonitorTest {
  private static final Duration ELECTION = Duration.ofMillis(2);
  private static final long DEADLINE_SECONDS = 20;

  /** One look after another, each let through by the test. */
  private static final class Looks implements BooleanSupplier {
    private final Semaphore allowed = new Semaphore(0);
    private final Semaphore begun = new Semaphore(0);
    private volatile boolean known;

    @Override
    public boolean getAsBoolean() {
      begun.release();
      allowed.acquireUninterruptibly();
      return known;
    }

    /** Waits for a look and answers it. */
    void answer(boolean leaderKnown) throws InterruptedException {
      assertTrue(begun.tryAcquire(DEADLINE_SECONDS, TimeUnit.SECONDS), "nobody looks");
      known = leaderKnown;
      allowed.release();
    }

    /** Waits until what was answered last was acted on: the next look has begun. */
    void settle() throws InterruptedException {
      assertTrue(begun.tryAcquire(DEADLINE_SECONDS, TimeUnit.SECONDS), "nobody looks");
      begun.release();
    }

    /** Answers everything from now on, so that the monitor can be closed. */
    void release() {
      allowed.release(1_000_000);
    }
  }

  private static final class Stream implements LeaderMonitor.Stream {
    private final CompletableFuture<ErrorCode> ended = new CompletableFuture<>();

    @Override
    public void end(ErrorCode reason) {
      ended.complete(reason);
    }

    ErrorCode awaitEnd() throws Exception {
      return ended.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
    }

    boolean goesOn() {
      return !ended.isDone();
    }
  }

  @Test
  @DisplayName("54: a stream ends after three election timeouts in a row without a leader")
  void threeTimeoutsInARowEndAStream() throws Exception {
    Looks looks = new Looks();
    Stream stream = new Stream();
    try (LeaderMonitor monitor = new LeaderMonitor(looks, ELECTION)) {
      monitor.add(stream);
      for (boolean known : new boolean[] {true, false, false, true, false, false}) {
        looks.answer(known);
      }
      looks.settle();
      assertTrue(stream.goesOn());
      looks.answer(false);
      assertEquals(ErrorCode.NO_LEADER, stream.awaitEnd());
      looks.release();
    }
  }

  @Test
  @DisplayName("54: what was missed before a stream came does not count against it")
  void timeoutsBeforeAStreamDoNotCount() throws Exception {
    Looks looks = new Looks();
    Stream early = new Stream();
    Stream late = new Stream();
    try (LeaderMonitor monitor = new LeaderMonitor(looks, ELECTION)) {
      monitor.add(early);
      looks.answer(false);
      looks.settle();
      // During the second of three.
      monitor.remove(early);
      monitor.add(late);
      looks.answer(false);
      looks.answer(false);
      looks.answer(false);
      looks.settle();
      assertTrue(late.goesOn());
      looks.answer(false);
      assertEquals(ErrorCode.NO_LEADER, late.awaitEnd());
      assertTrue(early.goesOn());
      looks.release();
    }
  }
}
