package io.metastore.raft;

import io.metastore.api.storage.StorageSizes;
import io.metastore.core.ConsensusStatus;
import io.metastore.core.MetadataStore;
import io.metastore.core.auth.AuthStore;
import io.metastore.core.member.ClusterStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** A running member: consensus, state machine and storage engine, without any front end. */
public interface Node extends AutoCloseable {
  /**
   * Starts a member and returns when its engine is open and it takes part in consensus; a leader
   * need not be known yet.
   *
   * @throws StartException when the options, the data directory or the peer port cannot be used
   * @throws InterruptedException when interrupted meanwhile; nothing is left running
   */
  static Node start(NodeOptions options) throws StartException, InterruptedException {
    return RaftNode.start(options);
  }

  /** True when a directory holds a member already, so that settings for a new one do not apply. */
  static boolean isIn(Path dataDirectory) {
    return DataDirectory.holdsMember(dataDirectory);
  }

  /** The API, for this process: it may do everything. */
  MetadataStore store();

  /** The calls about users and what they may do, and who a client is. */
  AuthStore auth();

  /** The calls about the cluster's members. */
  ClusterStore cluster();

  /** Where this member stands in the group. */
  ConsensusStatus consensus();

  /** Size of the store. */
  StorageSizes storageSizes();

  /** The engine's own figures. */
  Map<String, Long> storageStatistics();

  /** Counts and positions of the state machine, by metric-like name. */
  Map<String, Long> storeStatistics();

  /**
   * Makes every lease older than it is, for tests that do not wait: what is over by then ends soon.
   * Of effect on the leader only.
   */
  void skipLeaseTime(Duration time);

  /**
   * Makes this member hear nothing of what some others send, for tests that divide a cluster within
   * one JVM: it is dropped, and nobody is told. Replaces what was said before.
   *
   * @param members ids of others; none to hear all again
   */
  void ignore(Set<Long> members);

  /**
   * Waits until a leader is known and a linearizable read succeeds.
   *
   * @return false when the time is over before that
   */
  boolean awaitReady(Duration timeout) throws InterruptedException;

  /**
   * The node's end: completes normally after {@link #close()}, or with the first failure that made
   * the node stop by itself. Completed exactly once.
   */
  CompletableFuture<Void> terminated();

  /**
   * Stops the member: refuses new calls, drains what is queued, makes everything acknowledged
   * durable. May be called any number of times from any threads: one close happens, and all callers
   * return when it is done.
   */
  @Override
  void close();
}
