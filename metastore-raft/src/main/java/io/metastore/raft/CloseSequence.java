package io.metastore.raft;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the steps of a shutdown one after the other, each with a deadline and a log line. A step
 * that fails or hangs is noted and does not keep the later ones from running.
 *
 * <p>Belongs to one thread.
 */
final class CloseSequence {
  private static final Logger LOG = LoggerFactory.getLogger(CloseSequence.class);

  /** One step. */
  @FunctionalInterface
  interface Step {
    void run() throws Exception;
  }

  private final String name;
  private final Duration stepMax;
  private Optional<Exception> firstFailure = Optional.empty();

  /**
   * Begins a sequence.
   *
   * @param name of what is closed, for the log
   * @param stepMax how long to wait for one step
   */
  CloseSequence(String name, Duration stepMax) {
    this.name = name;
    this.stepMax = stepMax;
  }

  /** Runs a step and waits for it until its deadline, whether or not the caller is interrupted. */
  void step(String what, Step step) {
    long started = System.nanoTime();
    CountDownLatch done = new CountDownLatch(1);
    AtomicReference<Optional<Exception>> failure = new AtomicReference<>(Optional.empty());
    // A thread of its own, in no scope: it is given up when the step hangs.
    Thread thread =
        Thread.ofPlatform()
            .daemon()
            .name(name + "/close " + what)
            .start(
                () -> {
                  try {
                    step.run();
                  } catch (Exception e) {
                    failure.set(Optional.of(e));
                  } catch (Throwable e) {
                    // An error in one part must not leave the others open, or go unseen.
                    failure.set(Optional.of(new IllegalStateException(what + " failed", e)));
                  } finally {
                    done.countDown();
                  }
                });
    if (!await(done)) {
      thread.interrupt();
      failure.set(
          Optional.of(
              new IllegalStateException(
                  what + " did not end within " + stepMax.toMillis() + " ms")));
    }
    Optional<Exception> failed = failure.get();
    failed.ifPresent(this::note);
    LOG.atInfo()
        .addKeyValue("name", name)
        .addKeyValue("step", what)
        .addKeyValue("took-ms", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started))
        .addKeyValue("outcome", failed.map(Exception::toString).orElse("ok"))
        .log("closed");
  }

  private boolean await(CountDownLatch done) {
    boolean interrupted = Thread.interrupted();
    long deadline = System.nanoTime() + stepMax.toNanos();
    try {
      while (true) {
        try {
          return done.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void note(Exception failure) {
    firstFailure.ifPresentOrElse(
        first -> {
          // An engine may answer every call with the failure that ended it.
          if (!first.equals(failure)) {
            first.addSuppressed(failure);
          }
        },
        () -> firstFailure = Optional.of(failure));
  }

  /** The first failure, with the later ones suppressed in it. */
  Optional<Exception> failure() {
    return firstFailure;
  }
}
