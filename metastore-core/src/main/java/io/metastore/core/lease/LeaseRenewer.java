package io.metastore.core.lease;

import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.core.Consensus;
import io.metastore.core.ConsensusStatus;
import io.metastore.core.NodeMetrics;
import io.metastore.core.Reply;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Renews leases and tells what is left of them: here when this member leads, otherwise by asking
 * the leader. Nothing of it goes through the log, but for taking back a checkpoint.
 *
 * <p>Every call first passes the read barrier, so that a lease whose grant was acknowledged is
 * known, and a member that was deposed without noticing promises nothing.
 *
 * <p>Thread-safe; nothing blocks. Futures fail with a {@link MetastoreException}.
 */
public final class LeaseRenewer {
  private static final Duration LOOK_INTERVAL = Duration.ofMillis(50);

  private final Consensus consensus;
  private final LeaseExpirer expirer;
  private final LeasePeers peers;
  private final NodeMetrics metrics;

  /** Creates a renewer over a member's expirer. */
  public LeaseRenewer(
      Consensus consensus, LeaseExpirer expirer, LeasePeers peers, NodeMetrics metrics) {
    this.consensus = consensus;
    this.expirer = expirer;
    this.peers = peers;
    this.metrics = metrics;
  }

  /**
   * Renews a lease. For one that has expired it waits until that is certain.
   *
   * @return the TTL in seconds; 0 when there is no such lease
   */
  public CompletableFuture<Long> renew(long id, Duration timeout) {
    Deadline deadline = Deadline.in(timeout);
    return atLeader(
        deadline,
        leadership -> renewHere(leadership, id, deadline),
        leader -> peers.renew(leader, id, deadline.left()));
  }

  /** Whole seconds that are left of a lease; empty when there is no such lease. */
  public CompletableFuture<OptionalLong> remainingSeconds(long id, Duration timeout) {
    Deadline deadline = Deadline.in(timeout);
    return atLeader(
        deadline,
        leadership ->
            CompletableFuture.completedFuture(
                leadership.deadlines().remainingSeconds(id, expirer.now())),
        leader -> peers.remainingSeconds(leader, id, deadline.left()));
  }

  /** All leases, the one that ends first first. */
  public CompletableFuture<List<Long>> ids(Duration timeout) {
    Deadline deadline = Deadline.in(timeout);
    return atLeader(
        deadline,
        leadership -> CompletableFuture.completedFuture(leadership.deadlines().ids()),
        leader -> peers.ids(leader, deadline.left()));
  }

  /** A time limit over several steps. */
  private record Deadline(long nanoTime) {
    static Deadline in(Duration timeout) {
      return new Deadline(System.nanoTime() + timeout.toNanos());
    }

    Duration left() {
      return Duration.ofNanos(Math.max(0, nanoTime - System.nanoTime()));
    }
  }

  private <R> CompletableFuture<R> atLeader(
      Deadline deadline,
      Function<Leadership, CompletableFuture<R>> here,
      Function<Long, CompletableFuture<R>> there) {
    // Before the looks below, so that a change between them and the wait is not missed.
    CompletableFuture<Void> change = expirer.nextChange();
    ConsensusStatus status = consensus.status();
    if (status.hasLeader() && !status.isLeader()) {
      return orAgain(there.apply(status.leaderId()), change, deadline, here, there);
    }
    Optional<Leadership> leading = expirer.leading();
    if (leading.isEmpty()) {
      return again(change, deadline, here, there);
    }
    return orAgain(
        consensus
            .readBarrier()
            .thenCompose(
                passed ->
                    isStill(leading.get())
                        ? here.apply(leading.get())
                        // Noticed before the expirer did, or after.
                        : awaitEnd(leading.get(), change, deadline)
                            .thenCompose(ended -> atLeader(deadline, here, there))),
        change,
        deadline,
        here,
        there);
  }

  /** A member that was asked and does not lead any more, or is gone, leaves another to be asked. */
  private <R> CompletableFuture<R> orAgain(
      CompletableFuture<R> asked,
      CompletableFuture<Void> change,
      Deadline deadline,
      Function<Leadership, CompletableFuture<R>> here,
      Function<Long, CompletableFuture<R>> there) {
    return asked.exceptionallyCompose(
        failure -> {
          Throwable cause =
              failure instanceof CompletionException && failure.getCause() != null
                  ? failure.getCause()
                  : failure;
          return cause instanceof MetastoreException refused
                  && refused.code() == ErrorCode.LEADER_CHANGED
              ? again(change, deadline, here, there)
              : CompletableFuture.failedFuture(cause);
        });
  }

  /** Looks again after a change here, or a while later: elsewhere a leader may be elected. */
  private <R> CompletableFuture<R> again(
      CompletableFuture<Void> change,
      Deadline deadline,
      Function<Leadership, CompletableFuture<R>> here,
      Function<Long, CompletableFuture<R>> there) {
    if (deadline.left().isZero()) {
      return CompletableFuture.failedFuture(
          MetastoreException.of(
              consensus.status().hasLeader() ? ErrorCode.TIMEOUT : ErrorCode.NO_LEADER));
    }
    Duration pause = LOOK_INTERVAL.compareTo(deadline.left()) < 0 ? LOOK_INTERVAL : deadline.left();
    return change
        .copy()
        .completeOnTimeout(null, pause.toNanos(), TimeUnit.NANOSECONDS)
        .thenCompose(looked -> atLeader(deadline, here, there));
  }

  private boolean isStill(Leadership leadership) {
    ConsensusStatus status = consensus.status();
    return status.isLeader() && status.term() == leadership.term();
  }

  private CompletableFuture<Void> awaitEnd(
      Leadership leadership, CompletableFuture<Void> change, Deadline deadline) {
    boolean noticed = !expirer.leading().equals(Optional.of(leadership));
    if (noticed) {
      return CompletableFuture.completedFuture(null);
    }
    expirer.wake();
    return await(change, deadline);
  }

  private static CompletableFuture<Void> await(CompletableFuture<Void> event, Deadline deadline) {
    return event
        .copy()
        .orTimeout(deadline.left().toNanos(), TimeUnit.NANOSECONDS)
        .exceptionally(
            late -> {
              throw MetastoreException.of(ErrorCode.TIMEOUT);
            });
  }

  private CompletableFuture<Long> renewHere(Leadership leadership, long id, Deadline deadline) {
    return switch (leadership.deadlines().renew(id, expirer.now())) {
      case Renewal.Renewed renewed -> {
        metrics.leaseRenewed();
        yield CompletableFuture.completedFuture(renewed.ttlSeconds());
      }
      case Renewal.Unknown unknown -> CompletableFuture.completedFuture(0L);
      case Renewal.Expired expired ->
          await(expired.over(), deadline).thenCompose(over -> renew(id, deadline.left()));
      case Renewal.Checkpointed checkpointed ->
          expirer
              .uncheckpoint(leadership, id, deadline.left())
              .thenCompose(
                  reply ->
                      switch (reply) {
                        case Reply.Done done -> {
                          leadership.deadlines().uncheckpointed(id, checkpointed.sequence());
                          yield renewHere(leadership, id, deadline);
                        }
                        case Reply.Refused refused ->
                            CompletableFuture.failedFuture(
                                MetastoreException.of(
                                    refused.code() == ErrorCode.NOT_LEADER
                                        ? ErrorCode.LEADER_CHANGED
                                        : refused.code()));
                      });
    };
  }
}
