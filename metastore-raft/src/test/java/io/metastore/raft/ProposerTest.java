package io.metastore.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.core.NodeMetrics;
import io.metastore.core.Reply;
import io.metastore.core.apply.EntryCodec;
import io.metastore.core.message.Proposal;
import io.metastore.core.message.PutRequest;
import io.metastore.core.message.PutResponse;
import io.metastore.core.task.TaskScope;
import io.metastore.testkit.storage.Seed;
import io.metastore.testkit.storage.Together;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ProposerTest {
  private static final long ORIGIN = 99;
  private static final Duration LONG = Duration.ofMinutes(5);

  private final FakeRaftLog log = new FakeRaftLog();
  private final AtomicInteger failures = new AtomicInteger();
  private final NodeMetrics metrics =
      new NodeMetrics() {
        @Override
        public void proposalFailed() {
          failures.incrementAndGet();
        }
      };
  // Outcomes that a test does not look at.
  private final List<CompletableFuture<Reply>> unheard = new ArrayList<>();
  private final TaskScope scope = TaskScope.open("test");

  @AfterEach
  void nothingFailed() {
    scope.close();
    assertEquals(Optional.empty(), scope.failure());
  }

  private Proposer started(int queueMax, Duration drainMax) {
    Proposer proposer = new Proposer(ORIGIN, queueMax, drainMax, LONG, metrics);
    proposer.start(log, scope);
    return proposer;
  }

  private static Proposal proposal(String key) {
    return Proposal.newBuilder()
        .setPut(PutRequest.newBuilder().setKey(ByteString.copyFromUtf8(key)))
        .build();
  }

  private static List<String> keys(FakeRaftLog.Submission submission) {
    return EntryCodec.proposals(submission.entry()).stream()
        .map(proposal -> proposal.getPut().getKey().toStringUtf8())
        .toList();
  }

  private static EntryCodec.Header header(FakeRaftLog.Submission submission) {
    return EntryCodec.header(submission.entry());
  }

  /** Applies an entry as the apply loop does: replies first, then the log's answer. */
  private static List<Reply> apply(Proposer proposer, FakeRaftLog.Submission submission) {
    List<Reply> replies = new ArrayList<>();
    Optional<List<Proposal>> found = proposer.find(header(submission));
    found.ifPresent(
        proposals -> {
          proposals.forEach(p -> replies.add(new Reply.Done(PutResponse.newBuilder())));
          proposer.replied(header(submission), replies);
        });
    submission.answer().complete(null);
    return replies;
  }

  private static ErrorCode failure(CompletableFuture<?> outcome) {
    ExecutionException thrown =
        assertThrows(
            ExecutionException.class,
            () -> outcome.get(Nodes.TIMEOUT.toSeconds(), TimeUnit.SECONDS));
    return assertInstanceOf(MetastoreException.class, thrown.getCause()).code();
  }

  @Test
  void whatWaitsTogetherIsOneEntryAndRepliesMatchByPosition() throws Exception {
    Proposer proposer = new Proposer(ORIGIN, 10, LONG, LONG, metrics);
    List<CompletableFuture<Reply>> outcomes = new ArrayList<>();
    for (String key : List.of("a", "b", "c")) {
      outcomes.add(proposer.propose(proposal(key), LONG));
    }
    assertEquals(3, proposer.pendingCount());
    proposer.start(log, scope);
    FakeRaftLog.Submission submission = log.submitted();
    assertEquals(List.of("a", "b", "c"), keys(submission));
    assertEquals(new EntryCodec.Header(ORIGIN, 1), header(submission));
    assertEquals(1, submission.call());
    List<Reply> replies = apply(proposer, submission);
    for (int i = 0; i < 3; i++) {
      assertSame(replies.get(i), outcomes.get(i).get());
    }
    assertEquals(0, proposer.pendingCount());
    proposer.close();
  }

  @Test
  void whatComesWhileAnEntryIsOnItsWayIsTheNextEntry() throws Exception {
    Proposer proposer = started(10, LONG);
    CompletableFuture<Reply> first = proposer.propose(proposal("a"), LONG);
    FakeRaftLog.Submission one = log.submitted();
    CompletableFuture<Reply> second = proposer.propose(proposal("b"), LONG);
    CompletableFuture<Reply> third = proposer.propose(proposal("c"), LONG);
    assertEquals(0, log.submissionsLeft());
    apply(proposer, one);
    FakeRaftLog.Submission two = log.submitted();
    assertEquals(List.of("b", "c"), keys(two));
    assertEquals(2, two.call());
    apply(proposer, two);
    CompletableFuture.allOf(first, second, third).get();
    proposer.close();
  }

  private List<CompletableFuture<Reply>> proposeLarge(Proposer proposer, String prefix) {
    List<CompletableFuture<Reply>> outcomes = new ArrayList<>();
    for (int i = 0; i < Proposer.LARGE_MIN; i++) {
      outcomes.add(proposer.propose(proposal(prefix + i), LONG));
    }
    return outcomes;
  }

  /** So much that a loop that may go on takes a part of it, and one entry holds all of it. */
  private static List<String> proposeMany(
      Proposer proposer, List<CompletableFuture<Reply>> outcomes) {
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < Proposer.BATCH_COUNT_MAX; i++) {
      keys.add("m" + i);
      outcomes.add(proposer.propose(proposal("m" + i), LONG));
    }
    return keys;
  }

  @Test
  void behindALargeEntryTheNextComesWhenItIsExecutedAndNoThirdBeforeItIsAnswered()
      throws Exception {
    Proposer proposer = new Proposer(ORIGIN, 5000, LONG, LONG, metrics);
    List<CompletableFuture<Reply>> outcomes = new ArrayList<>(proposeLarge(proposer, "a"));
    proposer.start(log, scope);
    FakeRaftLog.Submission one = log.submitted();
    outcomes.add(proposer.propose(proposal("b"), LONG));
    assertEquals(0, log.submissionsLeft());
    proposer.executed(header(one));
    FakeRaftLog.Submission two = log.submitted();
    assertEquals(List.of("b"), keys(two));
    outcomes.forEach(outcome -> assertFalse(outcome.isDone()));
    apply(proposer, one);
    proposer.executed(header(two));
    List<String> meanwhile = proposeMany(proposer, outcomes);
    apply(proposer, two);
    FakeRaftLog.Submission three = log.submitted();
    assertEquals(meanwhile, keys(three), "nothing follows a small entry before it is answered");
    apply(proposer, three);
    for (CompletableFuture<Reply> outcome : outcomes) {
      outcome.get();
    }
    proposer.close();
  }

  @Test
  void threeEntriesAreNeverOut() throws Exception {
    Proposer proposer = new Proposer(ORIGIN, 5000, LONG, LONG, metrics);
    unheard.addAll(proposeLarge(proposer, "a"));
    proposer.start(log, scope);
    FakeRaftLog.Submission one = log.submitted();
    unheard.addAll(proposeLarge(proposer, "b"));
    proposer.executed(header(one));
    FakeRaftLog.Submission two = log.submitted();
    proposer.executed(header(two));
    List<String> meanwhile = proposeMany(proposer, unheard);
    apply(proposer, one);
    FakeRaftLog.Submission three = log.submitted();
    assertEquals(meanwhile, keys(three));
    apply(proposer, two);
    apply(proposer, three);
    proposer.close();
  }

  @Test
  void aLargeEntryIsAnsweredBesideTheApplyLoopAndAtTheLatestByTheClose() throws Exception {
    Proposer proposer = new Proposer(ORIGIN, 5000, LONG, LONG, metrics);
    List<CompletableFuture<Thread>> threads = new ArrayList<>();
    for (int i = 0; i < Proposer.LARGE_MIN; i++) {
      threads.add(
          proposer.propose(proposal("k" + i), LONG).thenApply(reply -> Thread.currentThread()));
    }
    proposer.start(log, scope);
    apply(proposer, log.submitted());
    CompletableFuture<Thread> alone =
        proposer.propose(proposal("alone"), LONG).thenApply(reply -> Thread.currentThread());
    FakeRaftLog.Submission small = log.submitted();
    apply(proposer, small);
    assertSame(Thread.currentThread(), alone.getNow(null));
    proposer.close();
    for (CompletableFuture<Thread> thread : threads) {
      assertEquals("test/answers", thread.getNow(null).getName());
    }
  }

  @Test
  void anEntryIsBoundedByCountAndBytes() throws Exception {
    Proposer proposer = new Proposer(ORIGIN, 5000, LONG, LONG, metrics);
    for (int i = 0; i < Proposer.BATCH_COUNT_MAX + 1; i++) {
      unheard.add(proposer.propose(proposal("k"), LONG));
    }
    String large = "x".repeat((int) Proposer.BATCH_BYTES_MAX / 2);
    unheard.add(proposer.propose(proposal(large), LONG));
    unheard.add(proposer.propose(proposal(large), LONG));
    proposer.start(log, scope);
    List<Integer> sizes = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      FakeRaftLog.Submission submission = log.submitted();
      sizes.add(keys(submission).size());
      apply(proposer, submission);
    }
    assertEquals(List.of(Proposer.BATCH_COUNT_MAX, 2, 1), sizes);
    proposer.close();
  }

  @Test
  void aFullQueueRefuses() throws Exception {
    Proposer proposer = new Proposer(ORIGIN, 2, Duration.ZERO, LONG, metrics);
    unheard.add(proposer.propose(proposal("a"), LONG));
    unheard.add(proposer.propose(proposal("b"), LONG));
    assertEquals(
        ErrorCode.REQUEST_TOO_MANY_REQUESTS, failure(proposer.propose(proposal("c"), LONG)));
    assertEquals(1, failures.get());
    proposer.close();
  }

  @Test
  void aRetryableFailureIsSubmittedAgainUnderItsNumber() throws Exception {
    Proposer proposer = started(10, LONG);
    CompletableFuture<Reply> outcome = proposer.propose(proposal("a"), LONG);
    for (int i = 0; i < 3; i++) {
      FakeRaftLog.Submission submission = log.submitted();
      assertEquals(1, submission.call());
      assertEquals(List.of("a"), keys(submission));
      submission.answer().completeExceptionally(FakeRaftLog.retryable());
    }
    assertFalse(outcome.isDone());
    apply(proposer, log.submitted());
    outcome.get();
    proposer.close();
  }

  @Test
  @DisplayName("88: what was proposed shortly before an election timed out because of that")
  void whatTimesOutAfterAnElectionSaysSo() throws Exception {
    Proposer proposer = started(10, Duration.ofMillis(1));
    CompletableFuture<Reply> outcome = proposer.propose(proposal("a"), Duration.ofMillis(500));
    log.submitted();
    log.leader = 0;
    log.term = 4;
    log.leader = 3;
    assertEquals(ErrorCode.TIMEOUT_DUE_TO_LEADER_FAIL, failure(outcome));
    assertEquals(ErrorCode.TIMEOUT, failure(proposer.propose(proposal("b"), Duration.ofMillis(1))));
    proposer.close();
  }

  @Test
  void whatTimesOutWithoutALeaderTimesOut() throws Exception {
    log.leader = 0;
    Proposer proposer = started(10, Duration.ofMillis(1));
    assertEquals(ErrorCode.TIMEOUT, failure(proposer.propose(proposal("a"), Duration.ofMillis(1))));
    proposer.close();
  }

  @Test
  void anyOtherFailureLeavesTheOutcomeUnknown() throws Exception {
    Proposer proposer = started(10, LONG);
    CompletableFuture<Reply> outcome = proposer.propose(proposal("a"), LONG);
    FakeRaftLog.Submission submission = log.submitted();
    submission.answer().completeExceptionally(new IllegalStateException("of this test"));
    assertEquals(ErrorCode.TIMEOUT, failure(outcome));
    // It may be applied all the same, and is then nobody's.
    assertEquals(Optional.empty(), proposer.find(header(submission)));
    proposer.replied(header(submission), List.of(new Reply.Done(PutResponse.newBuilder())));
    CompletableFuture<Reply> next = proposer.propose(proposal("b"), LONG);
    apply(proposer, log.submitted());
    next.get();
    proposer.close();
  }

  @Test
  void deadlinesEndWaitingInTheQueueAndInTheLog() throws Exception {
    Proposer proposer = started(10, LONG);
    CompletableFuture<Reply> inLog = proposer.propose(proposal("a"), Duration.ofMillis(1));
    FakeRaftLog.Submission submission = log.submitted();
    CompletableFuture<Reply> queued = proposer.propose(proposal("b"), Duration.ZERO);
    CompletableFuture<Reply> patient = proposer.propose(proposal("c"), LONG);
    assertEquals(ErrorCode.TIMEOUT, failure(inLog));
    assertEquals(ErrorCode.TIMEOUT, failure(queued));
    assertFalse(patient.isDone());
    submission.answer().complete(null);
    FakeRaftLog.Submission next = log.submitted();
    assertEquals(List.of("c"), keys(next), "what was given up is not proposed");
    apply(proposer, next);
    patient.get();
    proposer.close();
  }

  @Test
  void aBatchThatNobodyWaitsForIsNotRetried() throws Exception {
    Proposer proposer = started(10, LONG);
    CompletableFuture<Reply> outcome = proposer.propose(proposal("a"), Duration.ofMillis(1));
    FakeRaftLog.Submission submission = log.submitted();
    assertEquals(ErrorCode.TIMEOUT, failure(outcome));
    submission.answer().completeExceptionally(FakeRaftLog.retryable());
    CompletableFuture<Reply> next = proposer.propose(proposal("b"), LONG);
    FakeRaftLog.Submission following = log.submitted();
    assertEquals(2, following.call());
    apply(proposer, following);
    next.get();
    proposer.close();
  }

  @Test
  void theLongestTimeoutIsNoOverflow() throws Exception {
    Proposer proposer = started(10, LONG);
    CompletableFuture<Reply> outcome =
        proposer.propose(proposal("a"), Duration.ofSeconds(Long.MAX_VALUE));
    apply(proposer, log.submitted());
    outcome.get();
    proposer.close();
  }

  @Test
  void entriesOfAnotherRunAreNotOurs() throws Exception {
    Proposer proposer = started(10, LONG);
    unheard.add(proposer.propose(proposal("a"), LONG));
    FakeRaftLog.Submission submission = log.submitted();
    assertEquals(Optional.empty(), proposer.find(new EntryCodec.Header(ORIGIN + 1, 1)));
    assertTrue(proposer.find(header(submission)).isPresent());
    apply(proposer, submission);
    proposer.close();
  }

  @Test
  void closeLetsThroughWhatIsQueuedAndRefusesTheRest() throws Exception {
    Proposer proposer = started(10, LONG);
    CompletableFuture<Reply> first = proposer.propose(proposal("a"), LONG);
    FakeRaftLog.Submission one = log.submitted();
    CompletableFuture<Reply> queued = proposer.propose(proposal("b"), LONG);
    try (Together threads = new Together()) {
      threads.run(
          () -> {
            proposer.close();
            return 0;
          });
      Together.await(
          "new commands are refused",
          () -> proposer.propose(proposal("late"), LONG).isCompletedExceptionally());
      apply(proposer, one);
      FakeRaftLog.Submission two = log.submitted();
      assertEquals("b", keys(two).getFirst());
      apply(proposer, two);
      threads.join();
    }
    first.get();
    queued.get();
    assertEquals(ErrorCode.STOPPED, failure(proposer.propose(proposal("c"), LONG)));
    proposer.close();
  }

  @Test
  void atTheEndOfTheDrainOnlyWhatNeverLeftTheQueueIsKnownNotToHappen() throws Exception {
    Proposer proposer = started(10, Duration.ofMillis(1));
    CompletableFuture<Reply> inLog = proposer.propose(proposal("a"), LONG);
    FakeRaftLog.Submission submission = log.submitted();
    CompletableFuture<Reply> queued = proposer.propose(proposal("b"), LONG);
    proposer.close();
    assertEquals(ErrorCode.TIMEOUT, failure(inLog));
    assertEquals(ErrorCode.STOPPED, failure(queued));
    submission.answer().completeExceptionally(FakeRaftLog.retryable());
    scope.join();
    assertEquals(0, log.submissionsLeft(), "something was submitted after the close");
    assertEquals(0, proposer.pendingCount());
  }

  @Test
  void closeAfterTheLoopsWereCancelledLeavesNothingOpen() throws Exception {
    Proposer proposer = started(10, LONG);
    CompletableFuture<Reply> inLog = proposer.propose(proposal("a"), LONG);
    log.submitted();
    CompletableFuture<Reply> queued = proposer.propose(proposal("b"), LONG);
    scope.close();
    proposer.close();
    assertEquals(ErrorCode.TIMEOUT, failure(inLog));
    assertEquals(ErrorCode.STOPPED, failure(queued));
  }

  @Test
  void noInterleavingLeavesAnOutcomeOpenOrStopsWhatWasProposed() throws Exception {
    Random random = Seed.random("ProposerTest");
    for (int round = 0; round < 200; round++) {
      oneInterleaving(random.nextInt(300), random.nextInt(3));
    }
  }

  private void oneInterleaving(int spins, int drainMillis) throws Exception {
    FakeRaftLog roundLog = new FakeRaftLog();
    List<List<String>> submitted = new ArrayList<>();
    AtomicBoolean closed = new AtomicBoolean();
    List<CompletableFuture<Reply>> outcomes = new ArrayList<>();
    Set<String> stopped = ConcurrentHashMap.newKeySet();
    Proposer proposer =
        new Proposer(ORIGIN, 50, Duration.ofMillis(drainMillis), LONG, NodeMetrics.NONE);
    try (Together threads = new Together();
        TaskScope loops = TaskScope.open("round")) {
      proposer.start(roundLog, loops);
      threads.run(
          () -> {
            for (int i = 0; !closed.get(); i++) {
              CompletableFuture<Reply> outcome = proposer.propose(proposal("k" + i), LONG);
              String key = "k" + i;
              outcomes.add(
                  outcome.whenComplete(
                      (reply, failed) -> {
                        if (failed instanceof MetastoreException e
                            && e.code() == ErrorCode.STOPPED) {
                          stopped.add(key);
                        }
                      }));
            }
            return 0;
          });
      threads.run(
          () -> {
            while (!closed.get() || roundLog.submissionsLeft() > 0) {
              if (roundLog.submissionsLeft() > 0) {
                FakeRaftLog.Submission submission = roundLog.submitted();
                submitted.add(keys(submission));
                apply(proposer, submission);
              }
            }
            return 0;
          });
      for (int i = 0; i < spins; i++) {
        Thread.onSpinWait();
      }
      proposer.close();
      closed.set(true);
      threads.join();
    }
    assertEquals(0, proposer.pendingCount());
    outcomes.forEach(outcome -> assertTrue(outcome.isDone(), "an outcome was left open"));
    submitted.forEach(
        batch -> batch.forEach(key -> assertFalse(stopped.contains(key), key + " was proposed")));
  }
}
