package io.metastore.raft;

import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.core.ConsensusStatus;
import io.metastore.core.NodeMetrics;
import io.metastore.core.Reply;
import io.metastore.core.apply.EntryCodec;
import io.metastore.core.apply.LocalProposals;
import io.metastore.core.message.Proposal;
import io.metastore.core.task.TaskScope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings commands into the log: a bounded queue, and one loop that makes one log entry of all that
 * is waiting when the one before was answered, so batches grow with the load by themselves. Behind
 * a large entry the next one is made earlier, when that has been executed: it is on its way to the
 * disk while the one before goes to the engine.
 *
 * <p>The outcome of a command comes from the apply loop, through {@link LocalProposals}, not from
 * consensus: whoever is answered can read what it wrote. Consensus only tells of failures.
 *
 * <p>Thread-safe. {@link #close()} rejects new commands, lets the queued ones through for a while
 * and fails the rest; afterwards no outcome is left open.
 */
final class Proposer implements LocalProposals {
  private static final Logger LOG = LoggerFactory.getLogger(Proposer.class);

  /** Proposals in one log entry: more make entries larger without making them fewer. */
  static final int BATCH_COUNT_MAX = 1024;

  /** Bytes in one log entry, unless a single proposal is larger. */
  static final long BATCH_BYTES_MAX = 1L << 20;

  /**
   * Proposals in a large entry, which is followed early and answered by {@link AnswerLoop}. Behind
   * a smaller one the next entry comes when it is answered: earlier, entries would only be more and
   * smaller.
   */
  static final int LARGE_MIN = 64;

  /** Entries that consensus has not told of at once: one on its way, and one that was executed. */
  static final int IN_FLIGHT_MAX = 2;

  private static final Duration SWEEP_INTERVAL = Duration.ofMillis(100);
  private static final Duration RETRY_INTERVAL = Duration.ofMillis(20);

  /** How long a close waits without a leader: one that was handed over to is known sooner. */
  private static final Duration NO_QUORUM_MAX = Duration.ofMillis(300);

  private static final Duration LOOK_INTERVAL = Duration.ofMillis(20);

  /**
   * What is in one entry.
   *
   * @param followed set when the next entry may be made
   * @param left set when consensus has nothing more to tell about it
   */
  private record Batch(
      List<PendingProposal> proposals, AtomicBoolean followed, AtomicBoolean left) {
    boolean isWanted() {
      return proposals.stream().anyMatch(p -> !p.outcome().isDone());
    }
  }

  private final long origin;
  private final NodeMetrics metrics;
  private final Duration drainMax;
  private final Duration leaderLostMax;
  private final HandoverQueue<PendingProposal> queue;
  private final AnswerLoop answers = new AnswerLoop();
  // Who holds it makes the next entry; given back when another one may be made.
  private final Semaphore turn = new Semaphore(1);
  private final Semaphore inFlight = new Semaphore(IN_FLIGHT_MAX);
  // By batch number; an entry stays until it is answered or failed.
  private final Map<Long, Batch> batches = new ConcurrentHashMap<>();
  private final AtomicLong failedCount = new AtomicLong();
  private volatile Optional<RaftLog> startedOn = Optional.empty();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final CountDownLatch drained = new CountDownLatch(1);

  /**
   * Creates a proposer without starting it.
   *
   * @param origin the run of this member, not 0
   * @param queueMax how many commands may wait, at least 1
   * @param drainMax how long {@link #close()} waits for what is queued
   * @param leaderLostMax how long before an election a leader may have been lost
   */
  Proposer(
      long origin, int queueMax, Duration drainMax, Duration leaderLostMax, NodeMetrics metrics) {
    this.origin = origin;
    this.leaderLostMax = leaderLostMax;
    this.queue =
        new HandoverQueue<>(
            queueMax, pending -> pending.proposal().getSerializedSize(), Long.MAX_VALUE);
    this.drainMax = drainMax;
    this.metrics = metrics;
  }

  /** Starts the loops as tasks of a scope; what was proposed before goes into the log then. */
  void start(RaftLog log, TaskScope scope) {
    answers.start(scope);
    startedOn = Optional.of(log);
    // Before anything is proposed: an election behind that must be noticed, however late the loop.
    ConsensusStatus atStart = log.status();
    scope.fork("proposer", () -> proposeLoop(log));
    scope.fork("proposal-sweeper", () -> sweepLoop(log, atStart));
  }

  /** Queues a command; see {@link io.metastore.core.Consensus#propose}. */
  CompletableFuture<Reply> propose(Proposal proposal, Duration timeout) {
    PendingProposal pending = PendingProposal.of(proposal, timeout, System.nanoTime());
    switch (queue.offer(pending)) {
      case ACCEPTED -> {}
      case FULL -> fail(pending, ErrorCode.REQUEST_TOO_MANY_REQUESTS);
      case CLOSED -> fail(pending, ErrorCode.STOPPED);
    }
    return pending.outcome();
  }

  /** Commands that wait for their outcome, queued ones included. */
  long pendingCount() {
    return queue.size()
        + batches.values().stream().mapToLong(batch -> batch.proposals().size()).sum();
  }

  private void proposeLoop(RaftLog log) throws InterruptedException {
    long batch = 0;
    try {
      while (true) {
        turn.acquire();
        inFlight.acquire();
        List<PendingProposal> taken = queue.take(BATCH_COUNT_MAX, BATCH_BYTES_MAX);
        if (taken.isEmpty()) {
          return;
        }
        taken.removeIf(pending -> pending.outcome().isDone());
        if (taken.isEmpty()) {
          inFlight.release();
          turn.release();
        } else {
          submit(log, new EntryCodec.Header(origin, ++batch), taken);
        }
      }
    } finally {
      drained.countDown();
    }
  }

  private void submit(RaftLog log, EntryCodec.Header header, List<PendingProposal> taken) {
    List<Proposal> proposals = new ArrayList<>(taken.size());
    taken.forEach(pending -> proposals.add(pending.proposal()));
    Batch batch = new Batch(taken, new AtomicBoolean(), new AtomicBoolean());
    batches.put(header.batch(), batch);
    if (isClosing()) {
      // close() may have swept before this batch was on the list.
      failBatch(header, ErrorCode.STOPPED);
      inFlight.release();
      letNextCome(batch);
      return;
    }
    metrics.proposed(taken.size());
    trySubmit(log, header, batch, EntryCodec.encode(header, proposals));
  }

  private void letNextCome(Batch batch) {
    if (batch.followed().compareAndSet(false, true)) {
      turn.release();
    }
  }

  private void trySubmit(RaftLog log, EntryCodec.Header header, Batch batch, byte[] entry) {
    CompletableFuture<Void> submitted;
    try {
      submitted = log.submit(header.batch(), entry);
    } catch (RuntimeException e) {
      // On a retry nobody would see it, and no entry would follow.
      LOG.warn("an entry could not be submitted, its outcome is told as a timeout", e);
      submitted = CompletableFuture.failedFuture(e);
    }
    CompletableFuture<Void> unused =
        submitted.whenComplete(
            (done, failure) -> {
              if (failure instanceof RaftLog.RetryableException && isWanted(header)) {
                CompletableFuture.delayedExecutor(RETRY_INTERVAL.toMillis(), TimeUnit.MILLISECONDS)
                    .execute(() -> retry(log, header, batch, entry));
                return;
              }
              inFlight.release();
              letNextCome(batch);
              if (failure != null) {
                failBatch(header, ErrorCode.TIMEOUT);
              }
              batch.left().set(true);
            });
  }

  private void retry(RaftLog log, EntryCodec.Header header, Batch batch, byte[] entry) {
    if (isWanted(header)) {
      trySubmit(log, header, batch, entry);
    } else {
      inFlight.release();
      letNextCome(batch);
      failBatch(header, ErrorCode.TIMEOUT);
    }
  }

  private boolean isClosing() {
    return closing.getCount() == 0;
  }

  /** A batch whose proposals were all given up has nobody left to retry for. */
  private boolean isWanted(EntryCodec.Header header) {
    return !isClosing()
        && Optional.ofNullable(batches.get(header.batch())).filter(Batch::isWanted).isPresent();
  }

  private void failBatch(EntryCodec.Header header, ErrorCode code) {
    Batch batch = batches.remove(header.batch());
    if (batch != null) {
      batch.proposals().forEach(pending -> fail(pending, code));
    }
  }

  private void fail(PendingProposal pending, ErrorCode code) {
    if (pending.outcome().completeExceptionally(MetastoreException.of(code))) {
      failedCount.incrementAndGet();
      metrics.proposalFailed();
    }
  }

  /** Fails what is over its deadline. The outcome of those in flight is unknown, to us as well. */
  private void sweepLoop(RaftLog log, ConsensusStatus atStart) throws InterruptedException {
    ConsensusStatus known = atStart;
    // When a leader was elected last while this member runs.
    OptionalLong electedNanos = OptionalLong.empty();
    while (!closing.await(SWEEP_INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
      long now = System.nanoTime();
      ConsensusStatus before = known;
      known = log.status();
      log.lookAtConnections();
      if (known.hasNewerLeaderThan(before)) {
        electedNanos = OptionalLong.of(now);
      }
      List<PendingProposal> expired = new ArrayList<>();
      queue.forEach(pending -> addIfExpired(pending, now, expired));
      batches
          .values()
          .forEach(batch -> batch.proposals().forEach(p -> addIfExpired(p, now, expired)));
      for (PendingProposal pending : expired) {
        fail(pending, timedOut(log, pending, electedNanos));
      }
      // What came in an image is never applied here, and so never replied to.
      batches.values().removeIf(batch -> batch.left().get() && !batch.isWanted());
    }
  }

  /**
   * As in etcd: what was proposed shortly before a leader was elected, its predecessor may have;
   * and else a connection that broke since may be why.
   */
  private ErrorCode timedOut(RaftLog log, PendingProposal pending, OptionalLong electedNanos) {
    if (electedNanos.isPresent()) {
      long beforeElection = electedNanos.getAsLong() - pending.proposedNanos();
      if (beforeElection > 0 && beforeElection < leaderLostMax.toNanos()) {
        return ErrorCode.TIMEOUT_DUE_TO_LEADER_FAIL;
      }
    }
    return !log.status().hasLeader() || log.isConnectedSince(pending.proposedNanos())
        ? ErrorCode.TIMEOUT
        : ErrorCode.TIMEOUT_DUE_TO_CONNECTION_LOST;
  }

  private static void addIfExpired(
      PendingProposal pending, long nowNanos, List<PendingProposal> expired) {
    if (pending.isExpired(nowNanos) && !pending.outcome().isDone()) {
      expired.add(pending);
    }
  }

  @Override
  public Optional<List<Proposal>> find(EntryCodec.Header entry) {
    if (entry.origin() != origin) {
      return Optional.empty();
    }
    return Optional.ofNullable(batches.get(entry.batch()))
        .map(batch -> batch.proposals().stream().map(PendingProposal::proposal).toList());
  }

  @Override
  public void executed(EntryCodec.Header entry) {
    Optional.ofNullable(batches.get(entry.batch()))
        .filter(batch -> batch.proposals().size() >= LARGE_MIN)
        .ifPresent(this::letNextCome);
  }

  @Override
  public void replied(EntryCodec.Header entry, List<Reply> replies) {
    Optional.ofNullable(batches.remove(entry.batch()))
        .ifPresent(batch -> answers.answer(batch.proposals(), replies));
  }

  /**
   * Rejects new commands, waits for the queued ones, as long as there is a majority that could
   * commit them, and fails the rest: as stopped what never left the queue, as timed out what did,
   * because its outcome is unknown. Closing twice is harmless.
   *
   * @throws InterruptedException when interrupted while waiting; what is open stays open then
   */
  void close() throws InterruptedException {
    queue.close();
    long deadline = System.nanoTime() + drainMax.toNanos();
    awaitDrained(deadline);
    // The loop is done when it holds a permit for a batch that never came: those before are
    // answered, or handed over to be, when nobody holds another.
    boolean quiet =
        inFlight.tryAcquire(
            IN_FLIGHT_MAX - 1, Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
    if (quiet) {
      // For a second close.
      inFlight.release(IN_FLIGHT_MAX - 1);
    }
    closing.countDown();
    if (!quiet || !batches.isEmpty() || queue.size() > 0) {
      failRest();
    }
    answers.close();
  }

  private void awaitDrained(long deadlineNanos) throws InterruptedException {
    long hopeless = System.nanoTime() + NO_QUORUM_MAX.toNanos();
    while (!drained.await(
        Math.min(LOOK_INTERVAL.toNanos(), deadlineNanos - System.nanoTime()),
        TimeUnit.NANOSECONDS)) {
      long now = System.nanoTime();
      if (startedOn.isEmpty() || startedOn.get().hasQuorum()) {
        hopeless = now + NO_QUORUM_MAX.toNanos();
      }
      if (now - deadlineNanos >= 0 || now - hopeless >= 0) {
        return;
      }
    }
  }

  /** Fails everything that is still open. */
  private void failRest() {
    queue.end().forEach(pending -> fail(pending, ErrorCode.STOPPED));
    batches.forEach(
        (number, batch) -> failBatch(new EntryCodec.Header(origin, number), ErrorCode.TIMEOUT));
  }
}
