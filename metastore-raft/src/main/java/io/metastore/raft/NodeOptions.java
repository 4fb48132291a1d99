package io.metastore.raft;

import io.metastore.api.storage.StorageEngineProvider;
import io.metastore.core.NodeMetrics;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything a node is started with. Values are checked by {@link Node#start}.
 *
 * @param name this member's name, one of those in {@code initialCluster}
 * @param dataDirectory where the node keeps its log and its store; made when it is missing
 * @param storage the engine
 * @param storageSettings the engine's settings
 * @param peerListen where other members reach this one; empty when there are none, now and later:
 *     then there is no network between members
 * @param advertisePeerUrls what other members are told to reach
 * @param advertiseClientUrls what clients are told to reach
 * @param initialCluster name and peer URLs of every member of a new cluster, this one included
 * @param clusterToken tells clusters with equal members apart
 * @param heartbeatInterval time between a leader's heartbeats
 * @param electionTimeout time without a leader after which a member stands for election
 * @param proposalQueueMax proposals that may wait to be put in the log, at least 1
 * @param requestBytesMax largest proposal, in bytes
 * @param txnOpsMax most compares, or operations of a branch, in a transaction
 * @param watchProgressInterval time between notices of progress to watches that ask for them
 * @param leaseCheckpoints whether what is left of long leases is noted in the log from time to
 *     time, so that a new leader does not give them their full TTL again
 * @param serverVersion version of the etcd API that is answered, as {@code Status} tells it
 * @param metrics receives the node's measurements
 * @param upkeep how the store's size is kept in bounds
 * @param cluster how the node takes part in its cluster
 */
public record NodeOptions(
    String name,
    Path dataDirectory,
    StorageEngineProvider storage,
    Map<String, String> storageSettings,
    Optional<InetSocketAddress> peerListen,
    List<URI> advertisePeerUrls,
    List<URI> advertiseClientUrls,
    Map<String, List<URI>> initialCluster,
    String clusterToken,
    Duration heartbeatInterval,
    Duration electionTimeout,
    int proposalQueueMax,
    int requestBytesMax,
    int txnOpsMax,
    Duration watchProgressInterval,
    boolean leaseCheckpoints,
    String serverVersion,
    NodeMetrics metrics,
    UpkeepOptions upkeep,
    ClusterOptions cluster) {
  public NodeOptions {
    storageSettings = Map.copyOf(storageSettings);
    advertisePeerUrls = List.copyOf(advertisePeerUrls);
    advertiseClientUrls = List.copyOf(advertiseClientUrls);
    initialCluster = Map.copyOf(initialCluster);
  }

  /** Options of a node that does nothing about its store's size by itself. */
  public NodeOptions(
      String name,
      Path dataDirectory,
      StorageEngineProvider storage,
      Map<String, String> storageSettings,
      InetSocketAddress peerListen,
      List<URI> advertisePeerUrls,
      List<URI> advertiseClientUrls,
      Map<String, List<URI>> initialCluster,
      String clusterToken,
      Duration heartbeatInterval,
      Duration electionTimeout,
      int proposalQueueMax,
      int requestBytesMax,
      int txnOpsMax,
      Duration watchProgressInterval,
      String serverVersion,
      NodeMetrics metrics) {
    this(
        name,
        dataDirectory,
        storage,
        storageSettings,
        Optional.of(peerListen),
        advertisePeerUrls,
        advertiseClientUrls,
        initialCluster,
        clusterToken,
        heartbeatInterval,
        electionTimeout,
        proposalQueueMax,
        requestBytesMax,
        txnOpsMax,
        watchProgressInterval,
        false,
        serverVersion,
        metrics,
        UpkeepOptions.none(),
        ClusterOptions.defaults());
  }

  /** How long a leader may be gone at most before the others stand for election. */
  Duration leaderMissedWithin() {
    return electionTimeout.plus(electionTimeout);
  }
}
