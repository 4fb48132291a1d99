package io.metastore.raft;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

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
        options.electionTimeout().toNanos() >= 5 * options.heartbeatInterval().toNanos(),
        "election-timeout: must be at least 5 times heartbeat-interval, is "
            + options.electionTimeout().toMillis()
            + " ms against "
            + options.heartbeatInterval().toMillis()
            + " ms");
    checkCluster(options);
    if (options.peerListen().isPresent()) {
      checkPeerPort(options.peerListen().get());
    } else {
      require(
          options.initialCluster().size() == 1,
          "initial-cluster: a member without a port for peers must be the only one, there are "
              + options.initialCluster().size());
    }
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
    for (Map.Entry<String, List<URI>> member : options.initialCluster().entrySet()) {
      for (URI url : member.getValue()) {
        require(
            url.getHost() != null && url.getPort() > 0,
            "initial-cluster: member "
                + member.getKey()
                + " has the peer URL "
                + url
                + ", which lacks a host or a port");
      }
    }
  }

  private static void checkPeerPort(InetSocketAddress address) throws StartException {
    // The transport reports a port in use only after the log was opened, and not as an exception.
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(address);
    } catch (IOException e) {
      throw new StartException(
          "listen-peer-urls",
          address.getHostString() + ":" + address.getPort(),
          "cannot be listened on (" + e.getMessage() + "): name a free port of this host",
          e);
    }
  }

  private static void require(boolean condition, String message) throws StartException {
    if (!condition) {
      throw new StartException(message);
    }
  }

  /** Who a member of a new cluster is, computed from checked options. */
  static DataDirectory.Identity identity(NodeOptions options) {
    Map<String, Long> ids = new HashMap<>();
    Map<Long, String> founders = new TreeMap<>();
    options
        .initialCluster()
        .forEach(
            (name, urls) -> {
              long id = MemberIds.memberId(urls, options.clusterToken());
              ids.put(name, id);
              founders.put(id, urls.getFirst().getAuthority());
            });
    return new DataDirectory.Identity(
        MemberIds.clusterId(ids.values()),
        ids.getOrDefault(options.name(), 0L),
        options.name(),
        options.storage().name(),
        founders,
        false);
  }
}
