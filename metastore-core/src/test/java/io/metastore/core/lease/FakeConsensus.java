package io.metastore.core.lease;

import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.core.Consensus;
import io.metastore.core.ConsensusStatus;
import io.metastore.core.Reply;
import io.metastore.core.apply.Commit;
import io.metastore.core.apply.EntryCodec;
import io.metastore.core.apply.LocalProposals;
import io.metastore.core.apply.StateMachine;
import io.metastore.core.message.Proposal;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;

/**
 * A group of one that applies what is proposed at once, on the caller's thread, unless it is told
 * to hold proposals back. Who leads, and in which term, is the test's to say.
 */
final class FakeConsensus implements Consensus, LocalProposals {
  private static final long SELF = 7;
  private static final long OTHER = 8;

  private record Pending(Proposal proposal, CompletableFuture<Reply> outcome) {}

  private final Queue<Pending> held = new ArrayDeque<>();
  private final List<Proposal> proposed = new ArrayList<>();
  private Optional<StateMachine> stateMachine = Optional.empty();
  private List<Pending> applying = List.of();
  private long batch;
  private long leader = SELF;
  private long term = 1;
  private boolean holding;
  private Optional<ErrorCode> barrierFailure = Optional.empty();
  private Optional<ErrorCode> proposalFailure = Optional.empty();

  void applyTo(StateMachine to) {
    stateMachine = Optional.of(to);
  }

  /** Everything proposed so far. */
  List<Proposal> proposed() {
    return proposed;
  }

  /** This member leads, in a new term. */
  void lead() {
    term++;
    leader = SELF;
  }

  /** Another member leads, in a new term. */
  void follow() {
    term++;
    leader = OTHER;
  }

  /** Nobody is known to lead. */
  void loseLeader() {
    leader = 0;
  }

  void failBarrier(boolean fail) {
    barrierFailure = fail ? Optional.of(ErrorCode.NO_LEADER) : Optional.empty();
  }

  void failProposals(boolean fail) {
    proposalFailure = fail ? Optional.of(ErrorCode.REQUEST_TOO_MANY_REQUESTS) : Optional.empty();
  }

  /** Proposals wait for {@link #release} from now on. */
  void hold() {
    holding = true;
  }

  /** Applies what waits, each as an entry of the current term. */
  void release() {
    holding = false;
    while (!held.isEmpty()) {
      apply(held.remove());
    }
  }

  @Override
  public CompletableFuture<Reply> propose(Proposal proposal, Duration timeout) {
    if (proposalFailure.isPresent()) {
      return CompletableFuture.failedFuture(MetastoreException.of(proposalFailure.get()));
    }
    proposed.add(proposal);
    Pending pending = new Pending(proposal, new CompletableFuture<>());
    if (holding) {
      held.add(pending);
    } else {
      apply(pending);
    }
    return pending.outcome();
  }

  private void apply(Pending pending) {
    applying = List.of(pending);
    byte[] entry =
        EntryCodec.encode(new EntryCodec.Header(1, ++batch), List.of(pending.proposal()));
    long index = stateMachine.orElseThrow().state().appliedIndex() + 1;
    stateMachine
        .orElseThrow()
        .apply(List.of(new Commit(index, term, ByteBuffer.wrap(entry), new CompletableFuture<>())));
  }

  @Override
  public Optional<List<Proposal>> find(EntryCodec.Header entry) {
    return Optional.of(applying.stream().map(Pending::proposal).toList());
  }

  @Override
  public void replied(EntryCodec.Header entry, List<Reply> replies) {
    List<Pending> answered = applying;
    for (int i = 0; i < replies.size(); i++) {
      answered.get(i).outcome().complete(replies.get(i));
    }
  }

  @Override
  public CompletableFuture<Void> readBarrier() {
    return barrierFailure
        .<CompletableFuture<Void>>map(
            code -> CompletableFuture.failedFuture(MetastoreException.of(code)))
        .orElseGet(() -> CompletableFuture.completedFuture(null));
  }

  @Override
  public ConsensusStatus status() {
    long applied = stateMachine.orElseThrow().state().appliedIndex();
    return new ConsensusStatus(1, SELF, leader, term, applied, applied, false);
  }
}
