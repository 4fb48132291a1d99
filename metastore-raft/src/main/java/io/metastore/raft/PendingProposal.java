package io.metastore.raft;

import io.metastore.core.Reply;
import io.metastore.core.message.Proposal;
import java.util.concurrent.CompletableFuture;

/**
 * A command whose outcome somebody waits for.
 *
 * @param proposal the command
 * @param outcome completed once, whatever happens
 * @param deadlineNanos on the clock of {@link System#nanoTime()}
 */
record PendingProposal(Proposal proposal, CompletableFuture<Reply> outcome, long deadlineNanos) {
  /** The deadline has passed. */
  boolean isExpired(long nowNanos) {
    return nowNanos - deadlineNanos >= 0;
  }
}
