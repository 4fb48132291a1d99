package io.metastore.junit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Ends things that belong together: each of them, whatever another one throws. Stateless. */
final class Endings {
  private Endings() {}

  /** Does one after the other. Throws what the first that failed threw, the rest suppressed. */
  static void inTurn(Runnable... ends) {
    List<RuntimeException> failures = new ArrayList<>();
    for (Runnable end : ends) {
      try {
        end.run();
      } catch (RuntimeException e) {
        failures.add(e);
      }
    }
    report(failures);
  }

  /** Does all at once and returns when all are done. Throws as {@link #inTurn} does. */
  static void together(List<Runnable> ends) {
    List<RuntimeException> failures = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<? extends Future<?>> running = ends.stream().map(threads::submit).toList();
      for (Future<?> one : running) {
        try {
          one.get();
        } catch (ExecutionException e) {
          failures.add(new IllegalStateException("not ended: " + e.getCause(), e.getCause()));
        } catch (InterruptedException e) {
          // The executor's close waits for the rest all the same.
          Thread.currentThread().interrupt();
        }
      }
    }
    report(failures);
  }

  /** Ends all in turn because of a failure, which is what the caller goes on to throw. */
  static void after(Throwable failure, Runnable... ends) {
    try {
      inTurn(ends);
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  private static void report(List<RuntimeException> failures) {
    if (!failures.isEmpty()) {
      RuntimeException first = failures.getFirst();
      failures.stream().skip(1).forEach(first::addSuppressed);
      throw first;
    }
  }
}
