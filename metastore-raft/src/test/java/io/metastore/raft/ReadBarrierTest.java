package io.metastore.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.core.NodeMetrics;
import io.metastore.core.task.TaskScope;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ReadBarrierTest {
  private static final Duration LONG = Duration.ofMinutes(5);

  private final FakeRaftLog log = new FakeRaftLog();
  private final List<Integer> passed = new CopyOnWriteArrayList<>();
  private final NodeMetrics metrics =
      new NodeMetrics() {
        @Override
        public void readBarrierPassed(int readers, long durationNanos) {
          passed.add(readers);
        }
      };
  private final TaskScope scope = TaskScope.open("test");

  @AfterEach
  void close() {
    scope.close();
    assertTrue(scope.failure().isEmpty(), scope.failure()::toString);
  }

  private ReadBarrier started(int callersMax, Duration timeout) {
    ReadBarrier barrier = new ReadBarrier(log, callersMax, timeout, metrics);
    barrier.start(scope);
    return barrier;
  }

  private static ErrorCode failure(CompletableFuture<Void> caller) {
    ExecutionException thrown =
        assertThrows(
            ExecutionException.class,
            () -> caller.get(Nodes.TIMEOUT.toSeconds(), TimeUnit.SECONDS));
    return assertInstanceOf(MetastoreException.class, thrown.getCause()).code();
  }

  @Test
  void theOnlyVoterPassesAtOnce() {
    log.soleVoter = true;
    assertTrue(started(1, LONG).await().isDone());
    assertEquals(0, log.roundsLeft());
  }

  @Test
  @DisplayName("28: a read is not served by a read index that was asked for before it came")
  void aCallerThatComesDuringARoundWaitsForTheNextOne() throws Exception {
    ReadBarrier barrier = started(10, LONG);
    CompletableFuture<Void> first = barrier.await();
    CompletableFuture<Void> round = log.round();
    CompletableFuture<Void> second = barrier.await();
    CompletableFuture<Void> third = barrier.await();
    round.complete(null);
    first.get();
    CompletableFuture<Void> nextRound = log.round();
    assertFalse(second.isDone(), "served by a round that began before it came");
    assertFalse(third.isDone());
    nextRound.complete(null);
    second.get();
    third.get();
    assertEquals(List.of(1, 2), passed, "callers that wait share a round");
    assertEquals(0, log.roundsLeft());
  }

  @Test
  @DisplayName("28: a read index that is not had is asked for again")
  void aRetryableFailureIsTriedAgain() throws Exception {
    ReadBarrier barrier = started(10, LONG);
    CompletableFuture<Void> caller = barrier.await();
    log.round().completeExceptionally(FakeRaftLog.retryable());
    log.round().completeExceptionally(FakeRaftLog.retryable());
    assertFalse(caller.isDone());
    log.round().complete(null);
    caller.get();
  }

  @Test
  @DisplayName("28: a read index that never comes is a request that timed out")
  void aRoundThatIsNotAnsweredTimesOut() {
    assertEquals(ErrorCode.TIMEOUT, failure(started(10, Duration.ofMillis(5)).await()));
  }

  @Test
  void anyOtherFailureEndsTheRoundAndNotTheBarrier() throws Exception {
    ReadBarrier barrier = started(10, LONG);
    CompletableFuture<Void> caller = barrier.await();
    log.round().completeExceptionally(new IllegalStateException("of this test"));
    assertEquals(ErrorCode.TIMEOUT, failure(caller));
    CompletableFuture<Void> next = barrier.await();
    log.round().complete(null);
    next.get();
  }

  @Test
  @DisplayName("28: a read that has no leader until its end is a request that timed out")
  void withoutALeaderTheCallerTimesOut() throws Exception {
    log.leader = 0;
    // No time for a second try.
    CompletableFuture<Void> caller = started(10, Duration.ofMillis(15)).await();
    log.round().completeExceptionally(FakeRaftLog.retryable());
    assertEquals(ErrorCode.TIMEOUT, failure(caller));
  }

  @Test
  @DisplayName("28: a read waits for the first leader since the start; a second one is a change")
  void theFirstLeaderIsNoChange() throws Exception {
    log.leader = 0;
    CompletableFuture<Void> caller = started(10, LONG).await();
    log.round().completeExceptionally(FakeRaftLog.retryable());
    CompletableFuture<Void> second = log.round();
    log.leader = 2;
    second.completeExceptionally(FakeRaftLog.retryable());
    CompletableFuture<Void> third = log.round();
    assertFalse(caller.isDone());
    log.term = 4;
    third.completeExceptionally(FakeRaftLog.retryable());
    assertEquals(ErrorCode.LEADER_CHANGED, failure(caller));
  }

  @Test
  @DisplayName("28: a read that meets a change of leader is told so once the new one is known")
  void aRoundThatMeetsAChangeOfLeaderIsToldSo() throws Exception {
    ReadBarrier barrier = started(10, LONG);
    CompletableFuture<Void> caller = barrier.await();
    CompletableFuture<Void> first = log.round();
    log.leader = 0;
    first.completeExceptionally(FakeRaftLog.retryable());
    CompletableFuture<Void> second = log.round();
    assertFalse(caller.isDone(), "there is no new leader yet");
    // The same member may lead again: what the old leadership promised is void all the same.
    log.term = 4;
    log.leader = 2;
    second.completeExceptionally(FakeRaftLog.retryable());
    assertEquals(ErrorCode.LEADER_CHANGED, failure(caller));
    CompletableFuture<Void> next = barrier.await();
    log.round().completeExceptionally(FakeRaftLog.retryable());
    log.round().complete(null);
    next.get();
  }

  @Test
  void tooManyCallersAreRefused() throws Exception {
    ReadBarrier barrier = started(1, LONG);
    CompletableFuture<Void> inRound = barrier.await();
    CompletableFuture<Void> round = log.round();
    CompletableFuture<Void> waiting = barrier.await();
    assertEquals(ErrorCode.REQUEST_TOO_MANY_REQUESTS, failure(barrier.await()));
    round.complete(null);
    inRound.get();
    log.round().complete(null);
    waiting.get();
  }

  @Test
  void closeServesWhoIsThereAndRefusesTheRest() throws Exception {
    ReadBarrier barrier = started(10, LONG);
    CompletableFuture<Void> inRound = barrier.await();
    CompletableFuture<Void> round = log.round();
    CompletableFuture<Void> waiting = barrier.await();
    barrier.close();
    barrier.close();
    assertEquals(ErrorCode.STOPPED, failure(barrier.await()));
    round.complete(null);
    inRound.get();
    log.round().complete(null);
    waiting.get();
    scope.join();
  }

  @Test
  void closeEndsARoundThatIsNotAnswered() throws Exception {
    ReadBarrier barrier = started(10, LONG);
    CompletableFuture<Void> caller = barrier.await();
    assertFalse(log.round().isDone());
    barrier.close();
    assertEquals(ErrorCode.STOPPED, failure(caller));
    scope.join();
  }

  @Test
  void closeEndsRetries() throws Exception {
    ReadBarrier barrier = started(10, LONG);
    CompletableFuture<Void> caller = barrier.await();
    CompletableFuture<Void> round = log.round();
    barrier.close();
    round.completeExceptionally(FakeRaftLog.retryable());
    assertEquals(ErrorCode.STOPPED, failure(caller));
    scope.join();
  }

  @Test
  void aBarrierThatCannotBeStartedLeavesNobodyWaiting() {
    ReadBarrier barrier = new ReadBarrier(log, 10, LONG, metrics);
    CompletableFuture<Void> caller = barrier.await();
    scope.cancel();
    assertThrows(IllegalStateException.class, () -> barrier.start(scope));
    barrier.close();
    assertEquals(ErrorCode.STOPPED, failure(caller));
  }

  @Test
  void theEndOfTheScopeLeavesNobodyWaiting() throws Exception {
    ReadBarrier barrier = started(10, LONG);
    CompletableFuture<Void> inRound = barrier.await();
    assertFalse(log.round().isDone());
    CompletableFuture<Void> waiting = barrier.await();
    // Must not run under the queue's lock: it comes back for another turn.
    CompletableFuture<Void> again = waiting.exceptionallyCompose(failed -> barrier.await());
    scope.close();
    assertEquals(ErrorCode.STOPPED, failure(inRound));
    assertEquals(ErrorCode.STOPPED, failure(waiting));
    assertEquals(ErrorCode.STOPPED, failure(again));
    assertEquals(ErrorCode.STOPPED, failure(barrier.await()));
  }
}
