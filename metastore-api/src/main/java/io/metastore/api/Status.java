package io.metastore.api;

import java.util.List;

/**
 * The state of the member that answers.
 *
 * @param version version of the etcd API that it answers
 * @param clusterId its cluster, unsigned
 * @param memberId itself, unsigned
 * @param leaderId the leader as far as it knows, 0 for none, unsigned
 * @param revision newest revision
 * @param raftTerm current term
 * @param raftIndex highest committed log index
 * @param raftAppliedIndex highest applied log index
 * @param sizeBytes size of its store
 * @param sizeInUseBytes what of it holds data
 * @param learner true for a member without a vote
 * @param errors what is wrong with it: raised alarms, a missing leader
 */
public record Status(
    String version,
    long clusterId,
    long memberId,
    long leaderId,
    long revision,
    long raftTerm,
    long raftIndex,
    long raftAppliedIndex,
    long sizeBytes,
    long sizeInUseBytes,
    boolean learner,
    List<String> errors) {
  /** Copies the list. */
  public Status {
    errors = List.copyOf(errors);
  }
}
