package io.metastore.raft;

import io.metastore.core.Consensus;
import io.metastore.core.ConsensusStatus;
import io.metastore.core.Reply;
import io.metastore.core.message.Proposal;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Consensus as core sees it: the parts of one node. It is handed out before all of them exist.
 *
 * @param barrier passes the read barrier, once for each call
 * @param where the node's own status
 */
record NodeConsensus(
    Proposer proposer, Supplier<CompletableFuture<Void>> barrier, Supplier<ConsensusStatus> where)
    implements Consensus {
  @Override
  public CompletableFuture<Reply> propose(Proposal proposal, Duration timeout) {
    return proposer.propose(proposal, timeout);
  }

  @Override
  public CompletableFuture<Void> readBarrier() {
    return barrier.get();
  }

  @Override
  public ConsensusStatus status() {
    return where.get();
  }
}
