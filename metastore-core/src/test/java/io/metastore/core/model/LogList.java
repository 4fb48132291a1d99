package io.metastore.core.model;

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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Consensus of one member whose log is a list: proposals wait for {@link #drain}, which applies
 * them in one drain of several entries; {@link #replay} applies what the store has lost.
 */
final class LogList implements Consensus, LocalProposals {
  private static final int ENTRY_MAX = 2;
  private static final long MEMBER = 7;

  private record Pending(Proposal proposal, CompletableFuture<Reply> outcome) {}

  private final List<byte[]> log = new ArrayList<>();
  private final List<Pending> queue = new ArrayList<>();
  // What this run has proposed and waits for, by the number of the batch.
  private final Map<Long, List<Pending>> waiting = new HashMap<>();
  private Optional<StateMachine> stateMachine = Optional.empty();
  private long term;

  /** A run begins: nobody waits any more. */
  void start(StateMachine machine) {
    stateMachine = Optional.of(machine);
    queue.clear();
    waiting.clear();
    term++;
  }

  /** Applies what the log has behind the store's position. */
  void replay() {
    List<Commit> commits = new ArrayList<>();
    for (long index = machine().state().appliedIndex() + 1; index <= log.size(); index++) {
      commits.add(commit(index));
    }
    if (!commits.isEmpty()) {
      machine().apply(commits);
    }
  }

  /** Brings everything that waits into the log and applies it in one drain. */
  void drain() {
    List<Commit> commits = new ArrayList<>();
    for (int from = 0; from < queue.size(); from += ENTRY_MAX) {
      List<Pending> entry =
          List.copyOf(queue.subList(from, Math.min(from + ENTRY_MAX, queue.size())));
      long batch = log.size() + 1L;
      waiting.put(batch, entry);
      log.add(
          EntryCodec.encode(
              new EntryCodec.Header(1, batch), entry.stream().map(Pending::proposal).toList()));
      commits.add(commit(log.size()));
    }
    queue.clear();
    if (!commits.isEmpty()) {
      machine().apply(commits);
    }
  }

  private Commit commit(long index) {
    ByteBuffer entry = ByteBuffer.wrap(log.get(Math.toIntExact(index - 1)));
    return new Commit(index, term, entry, new CompletableFuture<>());
  }

  private StateMachine machine() {
    return stateMachine.orElseThrow();
  }

  @Override
  public CompletableFuture<Reply> propose(Proposal proposal, Duration timeout) {
    Pending pending = new Pending(proposal, new CompletableFuture<>());
    queue.add(pending);
    return pending.outcome();
  }

  @Override
  public Optional<List<Proposal>> find(EntryCodec.Header entry) {
    return Optional.ofNullable(waiting.get(entry.batch()))
        .map(own -> own.stream().map(Pending::proposal).toList());
  }

  @Override
  public void replied(EntryCodec.Header entry, List<Reply> replies) {
    List<Pending> own = Optional.ofNullable(waiting.remove(entry.batch())).orElseThrow();
    for (int i = 0; i < own.size(); i++) {
      own.get(i).outcome().complete(replies.get(i));
    }
  }

  @Override
  public CompletableFuture<Void> readBarrier() {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public ConsensusStatus status() {
    long applied = machine().state().appliedIndex();
    return new ConsensusStatus(1, MEMBER, MEMBER, term, applied, applied, false);
  }
}
