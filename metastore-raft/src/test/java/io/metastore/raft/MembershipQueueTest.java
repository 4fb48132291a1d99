package io.metastore.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.core.message.Member;
import io.metastore.core.task.TaskScope;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class MembershipQueueTest {
  private final MembershipQueue queue = new MembershipQueue();
  private final TaskScope scope = TaskScope.open("test");
  private final Semaphore begun = new Semaphore(0);

  @AfterEach
  void close() {
    scope.close();
  }

  private CompletableFuture<List<Member>> add(
      CompletableFuture<List<Member>> work, Duration timeout) {
    return queue.add(
        () -> {
          begun.release();
          return work;
        },
        System.nanoTime() + timeout.toNanos());
  }

  private static ErrorCode failure(CompletableFuture<?> change) {
    ExecutionException thrown =
        assertThrows(
            ExecutionException.class,
            () -> change.get(Nodes.TIMEOUT.toSeconds(), TimeUnit.SECONDS));
    return assertInstanceOf(MetastoreException.class, thrown.getCause()).code();
  }

  @Test
  void aMembershipQueueThatIsClosedEndsItsLoop() throws Exception {
    CompletableFuture<List<Member>> work = new CompletableFuture<>();
    CompletableFuture<List<Member>> first = add(work, Nodes.TIMEOUT);
    CompletableFuture<List<Member>> second =
        add(CompletableFuture.completedFuture(List.of()), Nodes.TIMEOUT);
    scope.fork("members", queue::run);
    begun.acquire();
    queue.close();
    queue.close();
    assertEquals(ErrorCode.STOPPED, failure(add(work, Nodes.TIMEOUT)));
    work.complete(List.of());
    first.get();
    second.get();
    scope.join();
  }

  @Test
  void aChangeBeginsWhenTheOneBeforeItHasEnded() throws Exception {
    scope.fork("members", queue::run);
    CompletableFuture<List<Member>> work = new CompletableFuture<>();
    CompletableFuture<List<Member>> first = add(work, Nodes.TIMEOUT);
    CompletableFuture<List<Member>> second =
        add(
            CompletableFuture.failedFuture(MetastoreException.of(ErrorCode.UNHEALTHY)),
            Nodes.TIMEOUT);
    begun.acquire();
    assertFalse(begun.tryAcquire(20, TimeUnit.MILLISECONDS), "both at once");
    work.complete(List.of());
    first.get();
    assertEquals(ErrorCode.UNHEALTHY, failure(second));
    assertTrue(begun.tryAcquire());
  }

  @Test
  void aChangeThatTakesTooLongHoldsUpTheNextNoLonger() throws Exception {
    scope.fork("members", queue::run);
    assertEquals(ErrorCode.TIMEOUT, failure(add(new CompletableFuture<>(), Duration.ofMillis(5))));
    assertEquals(List.of(), add(CompletableFuture.completedFuture(List.of()), Nodes.TIMEOUT).get());
  }

  @Test
  void theEndOfTheScopeLeavesNobodyWaiting() throws Exception {
    CompletableFuture<List<Member>> first = add(new CompletableFuture<>(), Nodes.TIMEOUT);
    CompletableFuture<List<Member>> second = add(new CompletableFuture<>(), Nodes.TIMEOUT);
    scope.fork("members", queue::run);
    begun.acquire();
    scope.close();
    assertEquals(ErrorCode.STOPPED, failure(first));
    assertEquals(ErrorCode.STOPPED, failure(second));
    assertEquals(ErrorCode.STOPPED, failure(add(new CompletableFuture<>(), Nodes.TIMEOUT)));
  }
}
