package io.metastore.core;

/**
 * Where this member stands in the consensus group, at some recent moment.
 *
 * @param clusterId the cluster, an unsigned 64-bit number
 * @param memberId this member, an unsigned 64-bit number
 * @param leaderId the leader as far as this member knows, 0 when it knows of none
 * @param term current Raft term
 * @param committedIndex highest log index known to be committed
 * @param appliedIndex highest log index whose effects readers can see
 * @param learner true for a member without a vote
 */
public record ConsensusStatus(
    long clusterId,
    long memberId,
    long leaderId,
    long term,
    long committedIndex,
    long appliedIndex,
    boolean learner) {
  /** True when a leader is known. */
  public boolean hasLeader() {
    return leaderId != 0;
  }

  /** True when a leader is known that was elected after a moment, whoever led then. */
  public boolean hasNewerLeaderThan(ConsensusStatus then) {
    return hasLeader() && (leaderId != then.leaderId || term != then.term);
  }

  /** True when this member is the leader. */
  public boolean isLeader() {
    return leaderId == memberId;
  }
}
