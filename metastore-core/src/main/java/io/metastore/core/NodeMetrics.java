package io.metastore.core;

/**
 * Receives the measurements of one node as they are made. Implementations are thread-safe, return
 * at once and do not throw; durations are in nanoseconds.
 */
public interface NodeMetrics {
  /** A receiver that forgets everything. */
  NodeMetrics NONE = new NodeMetrics() {};

  /** A log entry with this many proposals went from the proposer to consensus. */
  default void proposed(int proposals) {}

  /**
   * A proposal was answered with an error that is not the caller's: full queue, timeout, no leader.
   */
  default void proposalFailed() {}

  /** One drain of the commit stream was applied: this many proposals in one engine batch. */
  default void applied(int proposals, long durationNanos) {}

  /** The engine committed one batch. */
  default void engineCommitted(long durationNanos) {}

  /** The log was forced to the disk. */
  default void logSynced(long durationNanos) {}

  /** A read barrier was passed, on behalf of this many readers. */
  default void readBarrierPassed(int readers, long durationNanos) {}

  /** A read barrier failed. */
  default void readBarrierFailed() {}

  /** A lease was granted, by whichever member. */
  default void leaseGranted() {}

  /** A lease was revoked, for whatever reason. */
  default void leaseRevoked() {}

  /** This member, as the leader, renewed a lease. */
  default void leaseRenewed() {}

  /** This member, as the leader, had a lease revoked because its time was over. */
  default void leaseExpired() {}

  /** Another member, or none, is the leader from now on. */
  default void leaderChanged(boolean known) {}

  /** Another member answered a heartbeat of this one, the leader, after so long. */
  default void heartbeatAnswered(long member, long durationNanos) {}

  /** This member begins, or ends, to replace its store with an image of the leader's. */
  default void imageInstalling(boolean begins) {}

  /** This member, as the leader, made a learner a voter. */
  default void learnerPromoted() {}
}
