package io.metastore.raft;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Checks a node's options before anything is opened; every message names the setting as its flag.
 */
final class NodeOptionsCheck {
  private NodeOptionsCheck() {}

  static void check(NodeOptions options) throws StartException {
    require(!options.name().isBlank(), "name: must not be empty");
    require(
        options.proposalQueueMax() >= 1,
        "proposal-queue-max: must be at least 1, is " + options.proposalQueueMax());
    require(
        options.requestBytesMax() >= 1,
        "max-request-bytes: must be at least 1, is " + options.requestBytesMax());
    require(
        options.electionTimeout().compareTo(options.heartbeatInterval().multipliedBy(5)) >= 0,
        "election-timeout: must be at least 5 times heartbeat-interval, is "
            + options.electionTimeout().toMillis()
            + " ms against "
            + options.heartbeatInterval().toMillis()
            + " ms");
    checkCluster(options);
    checkPeerPort(options.peerListen());
  }

  private static void checkCluster(NodeOptions options) throws StartException {
    List<URI> own = options.initialCluster().getOrDefault(options.name(), List.of());
    require(
        !own.isEmpty(),
        "initial-cluster: has no member named "
            + options.name()
            + ", only "
            + options.initialCluster().keySet().stream().sorted().toList());
    require(
        new HashSet<>(own).equals(new HashSet<>(options.advertisePeerUrls())),
        "initial-cluster: gives member "
            + options.name()
            + " the peer URLs "
            + own
            + ", initial-advertise-peer-urls says "
            + options.advertisePeerUrls());
    require(
        options.initialCluster().size() == 1,
        "initial-cluster: has "
            + options.initialCluster().size()
            + " members; this release runs clusters of one member");
  }

  private static void checkPeerPort(InetSocketAddress address) throws StartException {
    // The transport reports a port in use only after the log was opened, and not as an exception.
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(address);
    } catch (IOException e) {
      throw new StartException(
          "listen-peer-urls: "
              + address.getHostString()
              + ":"
              + address.getPort()
              + " cannot be listened on ("
              + e.getMessage()
              + "): name a free port of this host",
          e);
    }
  }

  private static void require(boolean condition, String message) throws StartException {
    if (!condition) {
      throw new StartException(message);
    }
  }

  /** Who the node is, computed from checked options. */
  static DataDirectory.Identity identity(NodeOptions options) {
    Map<String, Long> ids =
        options.initialCluster().entrySet().stream()
            .collect(
                Collectors.toMap(
                    Map.Entry::getKey,
                    member -> MemberIds.memberId(member.getValue(), options.clusterToken())));
    return new DataDirectory.Identity(
        MemberIds.clusterId(ids.values()),
        ids.getOrDefault(options.name(), 0L),
        options.name(),
        options.storage().name());
  }
}
