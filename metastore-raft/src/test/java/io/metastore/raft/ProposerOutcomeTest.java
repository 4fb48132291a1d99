package io.metastore.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.core.NodeMetrics;
import io.metastore.core.Reply;
import io.metastore.core.message.Proposal;
import io.metastore.core.message.PutRequest;
import io.metastore.core.task.TaskScope;
import io.metastore.testkit.storage.Together;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is told of a command that is not replied to. */
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ProposerOutcomeTest {
  private static final Duration LONG = Duration.ofMinutes(5);

  private final FakeRaftLog log = new FakeRaftLog();
  private final TaskScope scope = TaskScope.open("test");

  @AfterEach
  void nothingFailed() {
    scope.close();
    assertEquals(Optional.empty(), scope.failure());
  }

  private Proposer started(int queueMax, Duration drainMax) {
    Proposer proposer = new Proposer(99, queueMax, drainMax, LONG, NodeMetrics.NONE);
    proposer.start(log, scope);
    return proposer;
  }

  private static Proposal proposal(String key) {
    return Proposal.newBuilder()
        .setPut(PutRequest.newBuilder().setKey(ByteString.copyFromUtf8(key)))
        .build();
  }

  private static ErrorCode failure(CompletableFuture<?> outcome) {
    ExecutionException thrown =
        assertThrows(
            ExecutionException.class,
            () -> outcome.get(Nodes.TIMEOUT.toSeconds(), TimeUnit.SECONDS));
    return assertInstanceOf(MetastoreException.class, thrown.getCause()).code();
  }

  /** What a put is told that waits in vain. */
  private ErrorCode timedOut(Proposer proposer) {
    return failure(proposer.propose(proposal("k"), Duration.ofMillis(1)));
  }

  @Test
  @DisplayName("88: what times out while the connection to the leader was lost says so")
  void whatTimesOutSaysWhetherTheConnectionWasLost() throws Exception {
    Proposer proposer = started(10, Duration.ofMillis(1));
    assertEquals(ErrorCode.TIMEOUT, timedOut(proposer), "connected");
    log.connectedNanos = OptionalLong.empty();
    assertEquals(ErrorCode.TIMEOUT_DUE_TO_CONNECTION_LOST, timedOut(proposer), "lost");
    log.connectedNanos = OptionalLong.of(System.nanoTime() + LONG.toNanos());
    assertEquals(ErrorCode.TIMEOUT_DUE_TO_CONNECTION_LOST, timedOut(proposer), "connected again");
    log.leader = 0;
    assertEquals(ErrorCode.TIMEOUT, timedOut(proposer), "there is nobody to be connected to");
    proposer.close();
  }

  @Test
  @DisplayName("88: an election explains a timeout before a lost connection does")
  void whatTimesOutAfterAnElectionBlamesNoConnection() throws Exception {
    Proposer proposer = started(10, Duration.ofMillis(1));
    log.connectedNanos = OptionalLong.empty();
    CompletableFuture<Reply> outcome = proposer.propose(proposal("a"), Duration.ofMillis(500));
    log.submitted();
    log.term = 4;
    log.leader = 3;
    assertEquals(ErrorCode.TIMEOUT_DUE_TO_LEADER_FAIL, failure(outcome));
    proposer.close();
  }

  @Test
  void aLogThatThrowsFailsTheEntryAndNotTheProposer() throws Exception {
    Proposer proposer = started(10, LONG);
    CompletableFuture<Reply> outcome = proposer.propose(proposal("a"), LONG);
    FakeRaftLog.Submission first = log.submitted();
    log.submitFails.set(Optional.of(new IllegalStateException("of this test")));
    first.answer().completeExceptionally(FakeRaftLog.retryable());
    assertEquals(ErrorCode.TIMEOUT, failure(outcome));
    CompletableFuture<Reply> next = proposer.propose(proposal("b"), LONG);
    assertEquals(2, log.submitted().call());
    assertFalse(next.isDone());
    log.quorum = false;
    proposer.close();
  }

  @Test
  void aBatchThatComesInAnImageIsForgottenWhenNobodyWaitsAnyMore() throws Exception {
    Proposer proposer = started(10, LONG);
    CompletableFuture<Reply> outcome = proposer.propose(proposal("a"), Duration.ofMillis(1));
    log.submitted().answer().complete(null);
    assertEquals(ErrorCode.TIMEOUT, failure(outcome));
    Together.await("it is forgotten", () -> proposer.pendingCount() == 0);
    proposer.close();
  }

  @Test
  void closeDoesNotWaitForAMajorityThatIsNotThere() throws Exception {
    Proposer proposer = started(10, LONG);
    CompletableFuture<Reply> inLog = proposer.propose(proposal("a"), LONG);
    log.submitted();
    CompletableFuture<Reply> queued = proposer.propose(proposal("b"), LONG);
    log.quorum = false;
    proposer.close();
    assertEquals(ErrorCode.TIMEOUT, failure(inLog));
    assertEquals(ErrorCode.STOPPED, failure(queued));
  }
}
