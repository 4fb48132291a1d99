package io.metastore.core.lease;

import io.metastore.api.ErrorCode;
import io.metastore.core.Consensus;
import io.metastore.core.ConsensusStatus;
import io.metastore.core.NodeMetrics;
import io.metastore.core.Reply;
import io.metastore.core.apply.LeaseListener;
import io.metastore.core.message.LeaseCheckpoint;
import io.metastore.core.message.LeaseCheckpointRequest;
import io.metastore.core.message.LeaseRevokeRequest;
import io.metastore.core.message.Proposal;
import io.metastore.core.mvcc.LeaseChange;
import io.metastore.core.mvcc.LeaseRecord;
import io.metastore.core.mvcc.LeaseTable;
import io.metastore.core.mvcc.PublishedView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Ends leases when their time is over, while this member leads: by proposing, never by itself
 * (behaviours 59, 62 and 63 of the contract; etcd {@code server/lease/lessor.go}).
 *
 * <p>A new leader first applies everything of earlier terms, then gives every lease its full TTL,
 * or what was left of it by the last checkpoint, and an election timeout on top: for as long its
 * predecessor may have answered renewals. Before it revokes it makes sure that it still leads.
 *
 * <p>{@link #run}, or {@link #check} in its place, belongs to one thread; all else is thread-safe.
 */
public final class LeaseExpirer implements LeaseListener {
  /** Time between two looks for leases that are over. */
  public static final Duration CHECK_INTERVAL = Duration.ofMillis(500);

  /** With the interval, at most 1000 each second. */
  static final int REVOKES_PER_CHECK_MAX = 500;

  /** Revokes on their way through the log. */
  static final int REVOKES_PENDING_MAX = 1000;

  private static final int CHECKPOINTS_PER_PROPOSAL_MAX = 1000;
  private static final int LOAD_STEP = 1000;
  private static final Duration PROPOSE_TIMEOUT = Duration.ofSeconds(5);

  /** A late look may have a busy machine for its reason; a later one has not. */
  private static final Duration GAP_MAX = CHECK_INTERVAL.plus(CHECK_INTERVAL);

  private final Consensus consensus;
  private final Supplier<PublishedView> views;
  private final long extensionNanos;
  private final long checkpointNanos;
  private final NodeMetrics metrics;
  private final AwakeClock clock;
  private final Semaphore wakeups = new Semaphore(0);
  private final AtomicInteger revokesPending = new AtomicInteger();
  private final AtomicReference<CompletableFuture<Void>> change =
      new AtomicReference<>(new CompletableFuture<>());
  // Both written by the thread that checks. The first also while its leases are still being read.
  private volatile Optional<Leadership> followed = Optional.empty();
  private volatile Optional<Leadership> leading = Optional.empty();

  /**
   * Creates an expirer that does nothing yet.
   *
   * @param views the newest published view, to be closed
   * @param electionTimeout by which a new leader extends leases
   * @param checkpointInterval time between checkpoints of a lease; zero for none
   * @param nanoTime a monotonic clock
   */
  public LeaseExpirer(
      Consensus consensus,
      Supplier<PublishedView> views,
      Duration electionTimeout,
      Duration checkpointInterval,
      LongSupplier nanoTime,
      NodeMetrics metrics) {
    this.consensus = consensus;
    this.views = views;
    this.extensionNanos = electionTimeout.toNanos();
    this.checkpointNanos = checkpointInterval.toNanos();
    this.metrics = metrics;
    this.clock = new AwakeClock(nanoTime, GAP_MAX.toNanos());
  }

  /** Shortest TTL, as in etcd: one and a half elections, so that a lease outlives one. */
  public static long ttlSecondsMin(Duration electionTimeout) {
    return Math.ceilDiv(electionTimeout.toMillis() * 3, 2 * 1000L);
  }

  /** Checks from time to time, until interrupted. */
  public void run() throws InterruptedException {
    while (true) {
      check();
      if (wakeups.tryAcquire(CHECK_INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
        wakeups.drainPermits();
      }
    }
  }

  /** The leader may have changed: checks soon. Returns at once. */
  public void wake() {
    wakeups.release();
  }

  /** Makes every lease older than it is, for tests that do not wait. Returns at once. */
  public void skip(Duration time) {
    clock.skip(time.toNanos());
    wake();
  }

  @Override
  public void applied(List<LeaseChange> changes) {
    Optional<Leadership> leadership = followed;
    for (LeaseChange each : changes) {
      switch (each) {
        case LeaseChange.Granted granted -> {
          metrics.leaseGranted();
          leadership.ifPresent(
              l -> l.deadlines().granted(granted.id(), granted.ttlSeconds(), clock.now()));
        }
        case LeaseChange.Revoked revoked -> {
          metrics.leaseRevoked();
          leadership.ifPresent(l -> l.deadlines().revoked(revoked.id()));
        }
      }
    }
  }

  /** The leadership of this member, once it knows of every lease. */
  Optional<Leadership> leading() {
    return leading;
  }

  /** Completes when the next leadership begins or ends; whoever asks first misses nothing. */
  CompletableFuture<Void> nextChange() {
    return change.get();
  }

  /** Nanoseconds of the clock by which deadlines are set. */
  long now() {
    return clock.now();
  }

  /** Looks once: who leads, and which leases are over. */
  void check() throws InterruptedException {
    clock.beat();
    ConsensusStatus status = consensus.status();
    if (followed.isPresent() && !isStill(status, followed.get())) {
      endLeadership();
    }
    if (status.isLeader() && followed.isEmpty()) {
      beginLeadership(status.term());
    }
    if (leading.isPresent()) {
      checkpoint(leading.get());
      expire(leading.get());
    }
  }

  private static boolean isStill(ConsensusStatus status, Leadership leadership) {
    return status.isLeader() && status.term() == leadership.term();
  }

  private void beginLeadership(long term) throws InterruptedException {
    if (!isConfirmed()) {
      return; // Tried again with the next check.
    }
    Leadership leadership = new Leadership(term, new LeaseDeadlines(checkpointNanos));
    // Before the view is taken: whatever it misses comes as a change from here on.
    followed = Optional.of(leadership);
    try (PublishedView view = views.get()) {
      List<LeaseRecord> step = new ArrayList<>();
      LeaseTable.forEach(
          view.view(),
          lease -> {
            step.add(lease);
            if (step.size() == LOAD_STEP) {
              leadership.deadlines().load(step, clock.now(), extensionNanos);
              step.clear();
            }
          });
      leadership.deadlines().load(step, clock.now(), extensionNanos);
    }
    leadership.deadlines().loaded();
    leading = Optional.of(leadership);
    signalChange();
  }

  private void endLeadership() {
    Leadership over = followed.orElseThrow();
    leading = Optional.empty();
    followed = Optional.empty();
    over.deadlines().end();
    signalChange();
  }

  private void signalChange() {
    change.getAndSet(new CompletableFuture<>()).complete(null);
  }

  private boolean isConfirmed() throws InterruptedException {
    try {
      consensus.readBarrier().get();
      return true;
    } catch (ExecutionException e) {
      // Counted and told by the barrier itself; the next check tries again.
      return false;
    }
  }

  private void expire(Leadership leadership) throws InterruptedException {
    int max = Math.min(REVOKES_PER_CHECK_MAX, REVOKES_PENDING_MAX - revokesPending.get());
    if (max <= 0 || !leadership.deadlines().isAnyDue(clock.now()) || !isConfirmed()) {
      return;
    }
    // Whoever waited long for the confirmation kept its clients waiting as well.
    clock.beat();
    leadership.deadlines().takeExpired(clock.now(), max).forEach(id -> revoke(leadership, id));
  }

  private void revoke(Leadership leadership, long id) {
    Proposal proposal =
        Proposal.newBuilder()
            .setOnlyInTerm(leadership.term())
            .setLeaseRevoke(LeaseRevokeRequest.newBuilder().setID(id))
            .build();
    revokesPending.incrementAndGet();
    var unused =
        consensus
            .propose(proposal, PROPOSE_TIMEOUT)
            .whenComplete((reply, failure) -> revokeAnswered(leadership, id, reply));
  }

  private void revokeAnswered(Leadership leadership, long id, @Nullable Reply reply) {
    revokesPending.decrementAndGet();
    switch (reply) {
      case Reply.Done done -> metrics.leaseExpired();
      case Reply.Refused(ErrorCode code) when code == ErrorCode.LEASE_NOT_FOUND -> {}
      case null, default ->
          // Queue full, no leader, or nobody knows: to revoke twice does no harm.
          leadership.deadlines().retry(id, clock.now() + CHECK_INTERVAL.toNanos());
    }
  }

  private void checkpoint(Leadership leadership) {
    List<LeaseDeadlines.Remaining> remaining =
        leadership.deadlines().takeCheckpoints(clock.now(), CHECKPOINTS_PER_PROPOSAL_MAX);
    if (!remaining.isEmpty()) {
      LeaseCheckpointRequest.Builder request = LeaseCheckpointRequest.newBuilder();
      remaining.forEach(
          lease ->
              request.addCheckpoints(
                  LeaseCheckpoint.newBuilder().setID(lease.id()).setRemainingTTL(lease.seconds())));
      // One that is lost is made up for by the next.
      var unused = consensus.propose(checkpoint(leadership, request), PROPOSE_TIMEOUT);
    }
  }

  /** Takes back what a checkpoint said, before a lease is renewed. */
  CompletableFuture<Reply> uncheckpoint(Leadership leadership, long id, Duration timeout) {
    return consensus.propose(
        checkpoint(
            leadership,
            LeaseCheckpointRequest.newBuilder()
                .addCheckpoints(LeaseCheckpoint.newBuilder().setID(id))),
        timeout);
  }

  private static Proposal checkpoint(
      Leadership leadership, LeaseCheckpointRequest.Builder request) {
    return Proposal.newBuilder()
        .setOnlyInTerm(leadership.term())
        .setLeaseCheckpoint(request)
        .build();
  }
}
