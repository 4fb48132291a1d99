package io.metastore.core;

import io.metastore.core.message.Proposal;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * What core needs from consensus. Thread-safe; nothing blocks.
 *
 * <p>Futures fail with a {@link io.metastore.api.MetastoreException} and nothing else, and every
 * future completes, whatever happens to the node.
 */
public interface Consensus {
  /**
   * Brings a command into the log.
   *
   * @param timeout how long to wait for the outcome at most
   * @return the outcome, once the command was applied here and readers here see it; it fails with
   *     {@code TOO_MANY_REQUESTS} when the queue is full, with {@code STOPPED} or {@code NO_LEADER}
   *     when the command was certainly not applied, with {@code TIMEOUT} when that is unknown
   */
  CompletableFuture<Reply> propose(Proposal proposal, Duration timeout);

  /**
   * Waits until everything that was acknowledged anywhere before this call is visible here.
   *
   * @return completes when it is safe to read
   */
  CompletableFuture<Void> readBarrier();

  /** Where this member stands. */
  ConsensusStatus status();
}
