package io.metastore.app.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.HdrHistogram.AbstractHistogram;
import org.HdrHistogram.AtomicHistogram;

/**
 * All watchers of a run and what they have seen.
 *
 * <p>Its readers tell it of events on their event loops; the waiting is done by the main thread.
 */
final class WatchFleet {
  static final String MISSED = "event missed";
  static final String SURPLUS = "event of no acknowledged put";
  private static final long DELAY_UNIT_NANOS = 1_000;
  private static final long DELAY_MAX_NANOS = TimeUnit.MINUTES.toNanos(10);
  private static final int DELAY_DIGITS = 3;
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final WatchPlan plan;
  private final List<WatchReader> readers = new ArrayList<>();
  private final AtomicHistogram delays =
      new AtomicHistogram(DELAY_UNIT_NANOS, DELAY_MAX_NANOS, DELAY_DIGITS);
  private final LongAdder delivered = new LongAdder();
  private final AtomicInteger created = new AtomicInteger();
  private final ErrorCounts errors = new ErrorCounts();
  // Never counted down: what is waited for is looked at from time to time.
  private final CountDownLatch never = new CountDownLatch(1);
  private volatile long lastNanos = System.nanoTime();

  private WatchFleet(WatchPlan plan) {
    this.plan = plan;
  }

  /** Asks for all watches; stream i is on connection i modulo their number. */
  static WatchFleet open(WatchPlan plan, List<? extends Connection> connections) {
    WatchFleet fleet = new WatchFleet(plan);
    for (int stream = 0; stream < plan.streams(); stream++) {
      int watchers = plan.watchersOn(stream);
      WatchReader reader = new WatchReader(fleet, watchers);
      fleet.readers.add(reader);
      Connection.Stream requests =
          connections.get(stream % connections.size()).open(EtcdMethod.WATCH, reader);
      List<byte[]> creates = new ArrayList<>(watchers);
      for (int i = 0; i < watchers; i++) {
        creates.add(plan.create(stream, i));
      }
      requests.send(creates);
    }
    return fleet;
  }

  void created() {
    created.incrementAndGet();
    lastNanos = System.nanoTime();
  }

  void delay(long nanos) {
    delays.recordValue(Math.clamp(nanos, 0, DELAY_MAX_NANOS));
  }

  void delivered(int events, long atNanos) {
    delivered.add(events);
    lastNanos = atNanos;
  }

  void failed(String text) {
    errors.add(text);
  }

  /** Waits until all watches are there; false when one failed or nothing came for too long. */
  boolean awaitCreated(Duration silenceMax, Progress progress) throws InterruptedException {
    return await(plan.all(), created::get, silenceMax, progress);
  }

  /** Waits until this many events were delivered; false when nothing came for too long. */
  boolean awaitEvents(long events, Duration silenceMax, Progress progress)
      throws InterruptedException {
    return await(events, delivered::sum, silenceMax, progress);
  }

  private boolean await(long wanted, LongSupplier got, Duration silenceMax, Progress progress)
      throws InterruptedException {
    long start = System.nanoTime();
    try {
      while (got.getAsLong() < wanted) {
        long now = System.nanoTime();
        if (errors.total() > 0 || now - Math.max(start, lastNanos) > silenceMax.toNanos()) {
          return false;
        }
        progress.show(got.getAsLong(), errors.total(), now - start);
        pause(POLL_NANOS);
      }
      return true;
    } finally {
      progress.clear();
    }
  }

  /** Does nothing for a while. */
  void hold(Duration time) throws InterruptedException {
    pause(time.toNanos());
  }

  private void pause(long nanos) throws InterruptedException {
    var unused = never.await(nanos, TimeUnit.NANOSECONDS);
  }

  /** Counts as errors what any watcher missed or got too much of; all must be quiet. */
  void checkCounts(WatchedPuts puts) {
    for (int watcher = 0; watcher < plan.all(); watcher++) {
      boolean idle = watcher >= plan.watchers();
      long expected = idle ? 0 : puts.acknowledged(plan.blockOf(watcher));
      long got = readers.get(watcher % plan.streams()).count(watcher / plan.streams());
      if (got < expected) {
        errors.add(MISSED, expected - got);
      } else if (got > expected) {
        errors.add(SURPLUS, got - expected);
      }
    }
  }

  /** Forgets the delays so far; all must be quiet. */
  void forgetDelays() {
    delays.reset();
  }

  /** From each put's being sent to each of its events' arrival. */
  AbstractHistogram delays() {
    return delays;
  }

  /** Events so far. */
  long events() {
    return delivered.sum();
  }

  /** When the last event came, on {@link System#nanoTime}. */
  long lastNanos() {
    return lastNanos;
  }

  ErrorCounts errors() {
    return errors;
  }
}
