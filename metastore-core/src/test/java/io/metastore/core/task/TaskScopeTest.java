package io.metastore.core.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.testkit.storage.Together;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A hang is the failure that this class must not have: every test has a deadline. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class TaskScopeTest {
  private final List<Throwable> heard = new CopyOnWriteArrayList<>();

  private TaskScope listening() {
    return TaskScope.open("scope", heard::add);
  }

  private static void untilInterrupted() throws InterruptedException {
    new CountDownLatch(1).await();
  }

  @Test
  void joinReturnsWhenEveryTaskHasEnded() throws Exception {
    AtomicInteger ended = new AtomicInteger();
    try (TaskScope scope = listening()) {
      for (int i = 0; i < 20; i++) {
        scope.fork("task", ended::incrementAndGet);
      }
      scope.forkPlatform("task", ended::incrementAndGet);
      scope.join();
      assertEquals(21, ended.get());
      assertEquals(Optional.empty(), scope.failure());
    }
    assertEquals(List.of(), heard);
  }

  @Test
  void aTaskMayForkSiblingsThatJoinWaitsFor() throws Exception {
    AtomicInteger ended = new AtomicInteger();
    try (TaskScope scope = listening()) {
      scope.fork(
          "parent",
          () ->
              scope.fork("child", () -> scope.forkPlatform("grandchild", ended::incrementAndGet)));
      scope.join();
    }
    assertEquals(1, ended.get());
  }

  @Test
  void threadsAreNamedForScopeAndTask() throws Exception {
    List<String> names = new CopyOnWriteArrayList<>();
    List<Boolean> virtual = new CopyOnWriteArrayList<>();
    try (TaskScope scope = listening()) {
      scope.fork("one", () -> names.add(Thread.currentThread().getName()));
      scope.join();
      scope.forkPlatform(
          "two",
          () -> {
            names.add(Thread.currentThread().getName());
            virtual.add(Thread.currentThread().isVirtual());
          });
      scope.join();
    }
    assertEquals(List.of("scope/one", "scope/two"), names);
    assertEquals(List.of(false), virtual);
  }

  @Test
  void theFirstFailureCancelsSiblingsAndIsHeardOnce() throws Exception {
    IllegalStateException first = new IllegalStateException("first");
    AtomicInteger interrupted = new AtomicInteger();
    try (TaskScope scope = listening()) {
      CountDownLatch running = new CountDownLatch(3);
      for (int i = 0; i < 3; i++) {
        scope.fork(
            "sibling",
            () -> {
              running.countDown();
              try {
                untilInterrupted();
              } catch (InterruptedException e) {
                interrupted.incrementAndGet();
                throw e;
              }
            });
      }
      running.await();
      scope.fork(
          "failing",
          () -> {
            throw first;
          });
      ExecutionException thrown = assertThrows(ExecutionException.class, scope::join);
      assertSame(first, thrown.getCause());
      assertEquals(3, interrupted.get());
      assertSame(first, scope.failure().orElseThrow());
    }
    assertEquals(List.of(first), heard);
    assertEquals(0, first.getSuppressed().length, "an interrupted sibling has not failed");
  }

  @Test
  void siblingsAreToldToEndBeforeTheListenerIsCalled() throws Exception {
    CountDownLatch siblingEnded = new CountDownLatch(1);
    AtomicBoolean endedFirst = new AtomicBoolean();
    try (TaskScope scope =
        TaskScope.open(
            "scope",
            failure -> {
              try {
                endedFirst.set(siblingEnded.await(Together.DEADLINE.toSeconds(), TimeUnit.SECONDS));
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            })) {
      CountDownLatch running = new CountDownLatch(1);
      scope.fork(
          "sibling",
          () -> {
            running.countDown();
            try {
              untilInterrupted();
            } finally {
              siblingEnded.countDown();
            }
          });
      running.await();
      scope.fork(
          "failing",
          () -> {
            throw new IllegalStateException("expected");
          });
      assertThrows(ExecutionException.class, scope::join);
    }
    assertTrue(endedFirst.get());
  }

  @Test
  void laterFailuresAreSuppressedInTheFirst() throws Exception {
    IllegalStateException first = new IllegalStateException("first");
    IllegalStateException second = new IllegalStateException("second");
    try (TaskScope scope = listening()) {
      CountDownLatch running = new CountDownLatch(1);
      scope.fork(
          "second",
          () -> {
            running.countDown();
            try {
              untilInterrupted();
            } catch (InterruptedException e) {
              throw second;
            }
          });
      running.await();
      scope.fork(
          "first",
          () -> {
            throw first;
          });
      assertThrows(ExecutionException.class, scope::join);
    }
    assertEquals(List.of(first), heard);
    assertEquals(List.of(second), List.of(first.getSuppressed()));
  }

  @Test
  void theSameFailureOfTwoTasksIsNotSuppressedInItself() {
    IllegalStateException shared = new IllegalStateException("shared");
    try (TaskScope scope = listening()) {
      for (int i = 0; i < 2; i++) {
        scope.fork(
            "failing",
            () -> {
              try {
                untilInterrupted();
              } finally {
                throwIt(shared);
              }
            });
      }
    }
    assertEquals(List.of(shared), heard);
    assertEquals(0, shared.getSuppressed().length);
  }

  private static void throwIt(RuntimeException failure) {
    throw failure;
  }

  @Test
  void anErrorIsAFailure() {
    AssertionError error = new AssertionError("expected");
    try (TaskScope scope = listening()) {
      scope.fork(
          "failing",
          () -> {
            throw error;
          });
      assertSame(error, assertThrows(ExecutionException.class, scope::join).getCause());
    }
    assertEquals(List.of(error), heard);
  }

  @Test
  void anInterruptThatNobodyAskedForIsAFailure() {
    try (TaskScope scope = listening()) {
      scope.fork(
          "interrupted",
          () -> {
            throw new InterruptedException("from outside");
          });
      assertThrows(ExecutionException.class, scope::join);
    }
    assertEquals(1, heard.size());
  }

  @Test
  void anInterruptedTaskOfACancelledScopeHasNotFailed() throws Exception {
    try (TaskScope scope = listening()) {
      scope.fork("waiting", TaskScopeTest::untilInterrupted);
      scope.cancel();
      scope.cancel();
      scope.join();
      assertEquals(Optional.empty(), scope.failure());
    }
    assertEquals(List.of(), heard);
  }

  @Test
  void aFailureAfterCancelIsStillHeard() {
    IllegalStateException late = new IllegalStateException("late");
    try (TaskScope scope = listening()) {
      scope.fork(
          "waiting",
          () -> {
            try {
              untilInterrupted();
            } catch (InterruptedException e) {
              throw late;
            }
          });
      scope.cancel();
      assertThrows(ExecutionException.class, scope::join);
    }
    assertEquals(List.of(late), heard);
  }

  @Test
  void aScopeWhoseListenerThrowsStillCloses() {
    TaskScope scope =
        TaskScope.open(
            "scope",
            failure -> {
              heard.add(failure);
              Thread.currentThread().setUncaughtExceptionHandler((thread, thrown) -> {});
              throw new IllegalArgumentException("expected");
            });
    scope.fork(
        "failing",
        () -> {
          throw new IllegalStateException("expected");
        });
    scope.close();
    assertTrue(heard.size() <= 1);
  }

  @Test
  void nothingCanBeForkedAfterCancelOrClose() {
    AtomicInteger ran = new AtomicInteger();
    TaskScope cancelled = listening();
    cancelled.cancel();
    assertThrows(IllegalStateException.class, () -> cancelled.fork("late", ran::incrementAndGet));
    TaskScope closed = listening();
    closed.close();
    IllegalStateException refused =
        assertThrows(
            IllegalStateException.class, () -> closed.forkPlatform("late", ran::incrementAndGet));
    assertTrue(String.valueOf(refused.getMessage()).contains("scope"), refused.toString());
    assertEquals(0, ran.get());
  }

  @Test
  void noThreadOutlivesClose() {
    List<Thread> threads = new CopyOnWriteArrayList<>();
    AtomicInteger ended = new AtomicInteger();
    try (TaskScope scope = listening()) {
      for (int i = 0; i < 10; i++) {
        TaskScope.Task stubborn =
            () -> {
              threads.add(Thread.currentThread());
              CountDownLatch never = new CountDownLatch(1);
              try {
                never.await();
              } catch (InterruptedException e) {
                ended.incrementAndGet();
              }
            };
        if (i % 2 == 0) {
          scope.fork("stubborn", stubborn);
        } else {
          scope.forkPlatform("stubborn", stubborn);
        }
      }
    }
    assertEquals(threads.size(), ended.get());
  }

  @Test
  void aTaskMayCloseItsOwnScope() throws Exception {
    CountDownLatch closedItself = new CountDownLatch(1);
    AtomicInteger siblingsEnded = new AtomicInteger();
    TaskScope scope = listening();
    CountDownLatch running = new CountDownLatch(1);
    scope.fork(
        "sibling",
        () -> {
          running.countDown();
          try {
            untilInterrupted();
          } finally {
            siblingsEnded.incrementAndGet();
          }
        });
    running.await();
    scope.fork(
        "closing",
        () -> {
          scope.close();
          assertEquals(1, siblingsEnded.get());
          assertFalse(Thread.currentThread().isInterrupted(), "its own close interrupted it");
          closedItself.countDown();
        });
    closedItself.await();
    scope.close();
    assertEquals(List.of(), heard);
  }

  @Test
  void theListenerMayCloseTheScope() throws Exception {
    AtomicReference<TaskScope> itself = new AtomicReference<>();
    CountDownLatch closed = new CountDownLatch(1);
    TaskScope scope =
        TaskScope.open(
            "scope",
            failure -> {
              itself.get().close();
              closed.countDown();
            });
    itself.set(scope);
    scope.fork("waiting", TaskScopeTest::untilInterrupted);
    scope.fork(
        "failing",
        () -> {
          throw new IllegalStateException("expected");
        });
    closed.await();
    scope.close();
  }

  @RepeatedTest(20)
  void tasksThatAllCloseTheirScopeDoNotWaitForEachOther() {
    AtomicInteger closed = new AtomicInteger();
    TaskScope scope = listening();
    CountDownLatch together = new CountDownLatch(3);
    for (int i = 0; i < 3; i++) {
      scope.fork(
          "closing",
          () -> {
            together.countDown();
            try {
              together.await();
            } catch (InterruptedException e) {
              // A sibling was faster; this one closes all the same.
              Thread.currentThread().interrupt();
            }
            scope.close();
            closed.incrementAndGet();
          });
    }
    awaitUninterruptibly(together);
    scope.close();
    assertEquals(3, closed.get());
    assertEquals(List.of(), heard);
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void closeWaitsForEveryTaskInEveryCaller() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    AtomicBoolean ended = new AtomicBoolean();
    TaskScope scope = listening();
    CountDownLatch interrupted = new CountDownLatch(1);
    scope.fork(
        "slow to end",
        () -> {
          try {
            untilInterrupted();
          } catch (InterruptedException e) {
            interrupted.countDown();
            // Every close interrupts it again.
            while (release.getCount() > 0) {
              Thread.onSpinWait();
            }
            ended.set(true);
          }
        });
    List<Boolean> seen = new CopyOnWriteArrayList<>();
    try (Together callers = new Together()) {
      for (int i = 0; i < 4; i++) {
        callers.run(
            () -> {
              scope.close();
              return seen.add(ended.get());
            });
      }
      interrupted.await();
      assertEquals(List.of(), seen);
      release.countDown();
      callers.join();
    }
    scope.close();
    assertEquals(List.of(true, true, true, true), new ArrayList<>(seen));
  }

  @Test
  void closeKeepsAnInterruptAndWaitsAllTheSame() throws Exception {
    AtomicBoolean ended = new AtomicBoolean();
    AtomicBoolean kept = new AtomicBoolean();
    TaskScope scope = listening();
    CountDownLatch running = new CountDownLatch(1);
    scope.fork(
        "waiting",
        () -> {
          running.countDown();
          try {
            untilInterrupted();
          } finally {
            ended.set(true);
          }
        });
    running.await();
    Thread closer =
        Thread.ofPlatform()
            .start(
                () -> {
                  Thread.currentThread().interrupt();
                  scope.close();
                  kept.set(Thread.currentThread().isInterrupted() && ended.get());
                });
    closer.join();
    assertTrue(kept.get());
  }

  @Test
  void joinCanBeInterrupted() throws Exception {
    try (TaskScope scope = listening()) {
      scope.fork("waiting", TaskScopeTest::untilInterrupted);
      AtomicReference<Throwable> thrown = new AtomicReference<>();
      Thread joiner =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      scope.join();
                    } catch (InterruptedException | ExecutionException e) {
                      thrown.set(e);
                    }
                  });
      joiner.interrupt();
      joiner.join();
      assertEquals(InterruptedException.class, thrown.get().getClass());
    }
  }

  @Test
  void aFailureNobodyJoinedForIsNotLost() throws Exception {
    IllegalStateException failure = new IllegalStateException("of this test");
    CountDownLatch failed = new CountDownLatch(1);
    TaskScope scope = TaskScope.open("scope");
    scope.fork(
        "failing",
        () -> {
          failed.countDown();
          throw failure;
        });
    failed.await();
    while (!scopeTakesNoMore(scope)) {
      Thread.onSpinWait();
    }
    IllegalStateException thrown = assertThrows(IllegalStateException.class, scope::close);
    assertSame(failure, thrown.getCause());
    scope.close(); // It was told once.
  }

  private static boolean scopeTakesNoMore(TaskScope scope) {
    try {
      scope.fork("probe", () -> {});
      return false;
    } catch (IllegalStateException e) {
      return true;
    }
  }

  @Test
  void aFailureThatWasJoinedForOrAskedForIsNotToldAgain() {
    TaskScope joined = TaskScope.open("scope");
    joined.fork("failing", () -> Integer.parseInt("no number"));
    assertThrows(ExecutionException.class, joined::join);
    joined.close();
    TaskScope cancelled = TaskScope.open("scope");
    cancelled.fork("waiting", () -> new CountDownLatch(1).await());
    cancelled.close();
  }
}
