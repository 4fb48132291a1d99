package io.metastore.testkit.storage;

import static org.junit.jupiter.api.Assertions.fail;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/** Runs the threads of one test and reports the first failure in any of them. */
public final class Together implements AutoCloseable {
  /** Long enough for a slow machine; reached only by a test that fails. */
  public static final Duration DEADLINE = Duration.ofSeconds(60);

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Future<?>> running = new ArrayList<>();

  /** Starts with no thread. */
  public Together() {}

  /** Runs an activity on a thread of its own. */
  public void run(Callable<?> activity) {
    running.add(threads.submit(activity));
  }

  /** Waits for the end of all threads. */
  public void join() throws Exception {
    long deadline = System.nanoTime() + DEADLINE.toNanos();
    for (Future<?> one : running) {
      try {
        one.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
      } catch (ExecutionException e) {
        throw new AssertionError("a thread of the test failed: " + e.getCause(), e.getCause());
      } catch (TimeoutException e) {
        fail("a thread of the test has not ended within " + DEADLINE, e);
      }
    }
  }

  /** Waits until a condition holds. */
  public static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + DEADLINE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        fail("not within " + DEADLINE + ": " + what);
      }
      TimeUnit.MILLISECONDS.sleep(1);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
