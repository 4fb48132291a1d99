package io.metastore.app.bench;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.AtomicHistogram;

/**
 * Clients that each have one request outstanding, run on the connections' event loops.
 *
 * <p>A client is a small object, not a thread: its next request is sent from the callback of the
 * one before. One instance is one run. {@link #run} blocks its caller; everything else happens on
 * event loops and the timer's thread.
 */
final class ClosedLoop {
  /** Latencies above are counted as this; the histogram's size follows from it (about 200 kB). */
  private static final long LATENCY_MAX_NANOS = TimeUnit.MINUTES.toNanos(10);

  private static final long LATENCY_UNIT_NANOS = 1_000;
  private static final int LATENCY_DIGITS = 3;

  /** A client whose request failed rests, so that a server that is down is not hammered. */
  private static final long REST_AFTER_ERROR_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private static final long WATCH_PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final Workload workload;
  private final Limits limits;
  private final List<? extends Requester> requesters;
  private final int clients;
  private final AtomicHistogram latencies =
      new AtomicHistogram(LATENCY_UNIT_NANOS, LATENCY_MAX_NANOS, LATENCY_DIGITS);
  private final ErrorCounts errors = new ErrorCounts();
  private final AtomicLong taken = new AtomicLong();
  private final AtomicInteger inFlight = new AtomicInteger();
  private final CountDownLatch running;
  private final long startNanos = System.nanoTime();
  private final Pacer pacer;
  private volatile long lastSuccessNanos = startNanos;
  private volatile boolean stopped;
  private volatile boolean ended;

  // Not an event loop's own timer, which ticks in milliseconds and would add them to latencies. A
  // platform thread, since it lives as long as the run and only sleeps and wakes event loops.
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("bench-timer").daemon().factory());

  /** A run that is ready; client i uses requester i modulo their number. */
  ClosedLoop(Workload workload, Limits limits, List<? extends Requester> requesters, int clients) {
    this.workload = workload;
    this.limits = limits;
    this.requesters = requesters;
    this.clients = clients;
    this.running = new CountDownLatch(clients);
    this.pacer = new Pacer(limits.perSecond(), System::nanoTime);
  }

  /** Ends the run as its limits would: no request is sent from now on. Any thread. */
  void end() {
    ended = true;
  }

  /** Runs to the end, or until the server has been silent for too long. */
  Outcome run(Progress progress) throws InterruptedException {
    Duration cpuBefore = cpuTime();
    try {
      for (int i = 0; i < clients; i++) {
        new Client(requesters.get(i % requesters.size())).next();
      }
      while (!running.await(WATCH_PERIOD_NANOS, TimeUnit.NANOSECONDS) && !stopped) {
        long now = System.nanoTime();
        stopped = now - lastSuccessNanos > limits.giveUp().toNanos();
        progress.show(latencies.getTotalCount(), errors.total(), now - startNanos);
      }
      return outcome(cpuTime().minus(cpuBefore));
    } finally {
      stopped = true;
      timer.shutdownNow();
      progress.clear();
    }
  }

  private Outcome outcome(Duration cpu) {
    // After giving up, the silence at the end is not part of what was measured.
    long end = stopped ? lastSuccessNanos : System.nanoTime();
    // A copy, because answers may still come in after giving up.
    return new Outcome(
        latencies.copy(),
        errors.byText(),
        Duration.ofNanos(end - startNanos),
        cpu,
        stopped ? inFlight.get() : 0);
  }

  /** CPU time of this process so far; nothing where the system does not say. */
  static Duration cpuTime() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /** One client. Its fields are handed from thread to thread by the request in flight. */
  private final class Client implements Requester.Reply {
    private final Requester requester;
    private long number;
    private long dueNanos;

    Client(Requester requester) {
      this.requester = requester;
    }

    void next() {
      if (stopped || ended || taken.getAndIncrement() >= limits.total()) {
        running.countDown();
        return;
      }
      dueNanos = pacer.nextDueNanos();
      if (dueNanos - startNanos >= limits.duration().toNanos()) {
        running.countDown();
        return;
      }
      // Without a rate the request is due now; the clock need not be asked again.
      long waitNanos = limits.perSecond().equals(OptionalDouble.empty()) ? 0 : untilDue();
      if (waitNanos > 0) {
        after(waitNanos, this::send);
      } else {
        send();
      }
    }

    private long untilDue() {
      return dueNanos - System.nanoTime();
    }

    private void send() {
      number = workload.next();
      inFlight.incrementAndGet();
      requester.send(workload.method(), workload.request(number), this);
    }

    @Override
    public void onMessage(byte[] message) {
      long now = System.nanoTime();
      inFlight.decrementAndGet();
      Optional<String> wrong = workload.answered(number, message);
      if (wrong.isPresent()) {
        errors.add(wrong.get());
      } else {
        latencies.recordValue(Math.clamp(now - dueNanos, 0, LATENCY_MAX_NANOS));
      }
      lastSuccessNanos = now;
      next();
    }

    @Override
    public void onError(String text) {
      inFlight.decrementAndGet();
      errors.add(text);
      after(REST_AFTER_ERROR_NANOS, this::next);
    }

    private void after(long nanos, Runnable action) {
      if (stopped) {
        running.countDown();
        return;
      }
      // The future is dropped: the actions' failures are answered to onError, not thrown.
      var unused = timer.schedule(action, nanos, TimeUnit.NANOSECONDS);
    }
  }
}
