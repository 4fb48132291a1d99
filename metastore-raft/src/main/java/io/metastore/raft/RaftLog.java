package io.metastore.raft;

import io.metastore.core.ConsensusStatus;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The replicated log as the node's own loops see it: the one seam between them and Ratis.
 * Thread-safe; nothing blocks.
 */
interface RaftLog {
  /**
   * Appends an entry and waits until it is applied here, or at least committed.
   *
   * @param call numbers the entries of this run: an entry that is submitted again with the same
   *     number is appended once
   * @return fails with {@link RetryableException} when the entry should be submitted again, with
   *     the same number; any other failure leaves the outcome unknown
   */
  CompletableFuture<Void> submit(long call, byte[] entry);

  /**
   * Waits until this member has applied everything that was committed anywhere before the call.
   *
   * @return fails with {@link RetryableException} when there is no leader that could tell
   */
  CompletableFuture<Void> readIndex();

  /** True when this member is the only voter: what it has not acknowledged nobody has. */
  boolean isSoleVoter();

  /**
   * Whether an entry can be committed now, as far as this member knows: there is a leader, and if
   * it is this member, a majority was heard of within an election timeout.
   */
  boolean hasQuorum();

  /**
   * Whether the connection to the leader has been good since a moment; on the leader, connections
   * to a majority.
   *
   * @param nanos on the clock of {@link System#nanoTime()}
   */
  boolean isConnectedSince(long nanos);

  /** Looks at the connections to other members; called every 100 ms or so. */
  void lookAtConnections();

  /** Where this member stands. */
  ConsensusStatus status();

  /** There is no leader at the moment, or it is not ready yet: trying again may help. */
  final class RetryableException extends Exception {
    private static final long serialVersionUID = 1L;

    RetryableException(String message, @Nullable Throwable cause) {
      super(message, cause, false, false);
    }
  }
}
