package io.metastore.raft;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.core.ConsensusStatus;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** A log whose answers the test gives. Thread-safe. */
final class FakeRaftLog implements RaftLog {
  /** An entry that was submitted, and its answer. */
  record Submission(long call, ByteBuffer entry, CompletableFuture<Void> answer) {}

  private final BlockingQueue<Submission> submissions = new LinkedBlockingQueue<>();
  private final BlockingQueue<CompletableFuture<Void>> rounds = new LinkedBlockingQueue<>();
  volatile boolean soleVoter;
  volatile long leader = 2;
  volatile long term = 3;
  volatile boolean quorum = true;

  /** Since when it is connected; empty when it is not. */
  volatile OptionalLong connectedNanos = OptionalLong.of(System.nanoTime());

  /** Thrown by the next submission. */
  final AtomicReference<Optional<RuntimeException>> submitFails =
      new AtomicReference<>(Optional.empty());

  @Override
  public CompletableFuture<Void> submit(long call, byte[] entry) {
    Optional<RuntimeException> failure = submitFails.getAndSet(Optional.empty());
    if (failure.isPresent()) {
      throw failure.get();
    }
    Submission submission = new Submission(call, ByteBuffer.wrap(entry), new CompletableFuture<>());
    submissions.add(submission);
    return submission.answer();
  }

  @Override
  public CompletableFuture<Void> readIndex() {
    CompletableFuture<Void> round = new CompletableFuture<>();
    rounds.add(round);
    return round;
  }

  @Override
  public boolean isSoleVoter() {
    return soleVoter;
  }

  @Override
  public boolean hasQuorum() {
    return quorum;
  }

  @Override
  public boolean isConnectedSince(long nanos) {
    OptionalLong since = connectedNanos;
    return since.isPresent() && since.getAsLong() - nanos <= 0;
  }

  @Override
  public void lookAtConnections() {}

  @Override
  public ConsensusStatus status() {
    return new ConsensusStatus(1, 2, leader, term, 4, 5, false);
  }

  /** The next submission, waiting for it. */
  Submission submitted() throws InterruptedException {
    return next(submissions);
  }

  /** The next round, waiting for it. */
  CompletableFuture<Void> round() throws InterruptedException {
    return next(rounds);
  }

  int submissionsLeft() {
    return submissions.size();
  }

  int roundsLeft() {
    return rounds.size();
  }

  static RetryableException retryable() {
    return new RetryableException("no leader", new IllegalStateException("of this test"));
  }

  private static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
    T next = queue.poll(Nodes.TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    assertTrue(next != null, "nothing came within " + Nodes.TIMEOUT);
    return next;
  }
}
