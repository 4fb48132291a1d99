package io.metastore.raft;

import io.metastore.core.Reply;
import io.metastore.core.message.Proposal;
import java.util.concurrent.CompletableFuture;

/**
 * A command whose outcome somebody waits for.
 *
 * @param proposal the command
 * @param outcome completed once, whatever happens
 * @param proposedNanos when it was proposed, on the clock of {@link System#nanoTime()}
 * @param deadlineNanos until when somebody waits, on the same clock
 */
record PendingProposal(
    Proposal proposal, CompletableFuture<Reply> outcome, long proposedNanos, long deadlineNanos) {
  /** The deadline has passed. */
  boolean isExpired(long nowNanos) {
    return nowNanos - deadlineNanos >= 0;
  }
}
