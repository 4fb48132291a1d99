package io.metastore.raft;

import io.metastore.core.Reply;
import io.metastore.core.message.Proposal;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

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
  /** A century and a half: with more, a clock read a moment before would seem to be past it. */
  private static final long WAIT_NANOS_MAX = Long.MAX_VALUE / 2;

  /** A command that is proposed now, and waited for so long. */
  static PendingProposal of(Proposal proposal, Duration timeout, long nowNanos) {
    long wait = Math.min(TimeUnit.NANOSECONDS.convert(timeout), WAIT_NANOS_MAX);
    return new PendingProposal(proposal, new CompletableFuture<>(), nowNanos, nowNanos + wait);
  }

  /** The deadline has passed. */
  boolean isExpired(long nowNanos) {
    return nowNanos - deadlineNanos >= 0;
  }
}
