package io.metastore.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class CloseSequenceTest {
  private final List<String> ran = new ArrayList<>();
  private final CloseSequence sequence = new CloseSequence("test", Duration.ofSeconds(20));

  private static CloseSequence.Step failing(Exception failure) {
    return () -> {
      throw failure;
    };
  }

  @Test
  void stepsRunInTheirOrder() {
    sequence.step("one", () -> ran.add("one"));
    sequence.step("two", () -> ran.add("two"));
    assertEquals(List.of("one", "two"), ran);
    assertEquals(Optional.empty(), sequence.failure());
  }

  @Test
  void aFailingStepDoesNotKeepLaterOnesFromRunning() {
    IllegalStateException first = new IllegalStateException("first");
    IllegalStateException second = new IllegalStateException("second");
    sequence.step("one", failing(first));
    sequence.step("two", () -> ran.add("two"));
    sequence.step("three", failing(second));
    assertEquals(List.of("two"), ran);
    assertSame(first, sequence.failure().orElseThrow());
    assertEquals(List.of(second), List.of(first.getSuppressed()));
  }

  @Test
  void twoStepsMayFailWithTheSameException() {
    IllegalStateException failure = new IllegalStateException("of the engine");
    sequence.step("flush", failing(failure));
    sequence.step("engine", failing(failure));
    sequence.step("last", () -> ran.add("last"));
    assertEquals(List.of("last"), ran);
    assertSame(failure, sequence.failure().orElseThrow());
  }

  @Test
  void anErrorIsAFailureToo() {
    AssertionError error = new AssertionError("expected");
    sequence.step(
        "one",
        () -> {
          throw error;
        });
    assertSame(error, sequence.failure().orElseThrow().getCause());
  }

  @Test
  void aHangingStepIsInterruptedAndGivenUp() throws Exception {
    CountDownLatch interrupted = new CountDownLatch(1);
    CloseSequence impatient = new CloseSequence("test", Duration.ofMillis(20));
    impatient.step(
        "hanging",
        () -> {
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            interrupted.countDown();
          }
        });
    impatient.step("next", () -> ran.add("next"));
    interrupted.await();
    assertEquals(List.of("next"), ran);
    String message = String.valueOf(impatient.failure().orElseThrow().getMessage());
    assertTrue(message.contains("hanging") && message.contains("20 ms"), message);
  }

  @Test
  void anInterruptIsKeptAndCutsNoStepShort() throws Exception {
    AtomicBoolean kept = new AtomicBoolean();
    CountDownLatch release = new CountDownLatch(1);
    Thread closer =
        Thread.ofPlatform()
            .start(
                () -> {
                  Thread.currentThread().interrupt();
                  sequence.step(
                      "one",
                      () -> {
                        release.await();
                        ran.add("one");
                      });
                  kept.set(Thread.currentThread().isInterrupted());
                });
    closer.interrupt();
    release.countDown();
    closer.join();
    assertTrue(kept.get());
    assertEquals(List.of("one"), ran);
    assertEquals(Optional.empty(), sequence.failure());
  }
}
