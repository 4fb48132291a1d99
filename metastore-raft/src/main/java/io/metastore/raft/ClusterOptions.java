package io.metastore.raft;

/**
 * How a node takes part in its cluster.
 *
 * @param joining an empty data directory joins a running cluster, to which this member was added
 *     before; {@code initialCluster} then says where its members are
 * @param preVote whether a member asks the others before it makes them vote, so that one that was
 *     cut off does not depose a working leader when it comes back
 * @param leaderLease whether a leader that a majority answered within an election timeout answers
 *     linearizable reads without asking again. Assumes that members' clocks run at nearly the same
 *     speed, and is not safe with Ratis 3.3.0: a leader that was deposed takes the answer that
 *     tells it so for a sign of its lease, until it has stepped down
 * @param strictReconfiguration whether changes of the members are refused that could cost the
 *     majority
 * @param learnersMax how many learners there may be
 */
public record ClusterOptions(
    boolean joining,
    boolean preVote,
    boolean leaderLease,
    boolean strictReconfiguration,
    int learnersMax) {
  /** Options of a member of a new cluster, everything else as in etcd. */
  public static ClusterOptions defaults() {
    return new ClusterOptions(false, true, false, true, 1);
  }
}
