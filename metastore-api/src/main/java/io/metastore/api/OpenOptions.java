package io.metastore.api;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * How a store is opened in this JVM.
 *
 * @param directory where it keeps its log and its data; empty for a temporary one that is deleted
 *     when the store closes
 * @param storage name of the storage engine
 * @param storageSettings the engine's settings
 * @param member which member of which cluster it is
 * @param clients where etcd's gRPC and HTTP port is opened, which needs {@code metastore-app}; port
 *     0 for any that is free
 * @param requestTimeout how long a call waits for its answer
 */
public record OpenOptions(
    Optional<Path> directory,
    String storage,
    Map<String, String> storageSettings,
    Member member,
    Optional<InetSocketAddress> clients,
    Duration requestTimeout) {
  /** Copies the map; refuses what cannot be meant. */
  public OpenOptions {
    Objects.requireNonNull(directory, "directory");
    Objects.requireNonNull(storage, "storage");
    storageSettings = Map.copyOf(Objects.requireNonNull(storageSettings, "storageSettings"));
    Objects.requireNonNull(member, "member");
    Objects.requireNonNull(clients, "clients");
    Objects.requireNonNull(requestTimeout, "requestTimeout");
    if (!requestTimeout.isPositive()) {
      throw new IllegalArgumentException("requestTimeout must be positive: " + requestTimeout);
    }
  }

  /**
   * A member of a cluster.
   *
   * @param name its name
   * @param peerUrl where other members reach it
   * @param peerListen where it listens for them
   * @param initialCluster peer URLs of every member of a new cluster by name, this one included
   * @param clusterToken tells clusters with equal members apart
   * @param heartbeatInterval time between a leader's heartbeats
   * @param electionTimeout time without a leader after which a member stands for election; at least
   *     five heartbeats
   */
  public record Member(
      String name,
      URI peerUrl,
      InetSocketAddress peerListen,
      Map<String, List<URI>> initialCluster,
      String clusterToken,
      Duration heartbeatInterval,
      Duration electionTimeout) {
    private static final String ALONE = "embedded";
    private static final URI ALONE_URL = URI.create("http://127.0.0.1:2380");
    private static final Duration HEARTBEAT = Duration.ofMillis(100);
    private static final Duration ELECTION = Duration.ofSeconds(1);

    /** Copies the map; refuses what cannot be meant. */
    public Member {
      Objects.requireNonNull(name, "name");
      Objects.requireNonNull(peerUrl, "peerUrl");
      Objects.requireNonNull(peerListen, "peerListen");
      initialCluster = Map.copyOf(Objects.requireNonNull(initialCluster, "initialCluster"));
      Objects.requireNonNull(clusterToken, "clusterToken");
      Objects.requireNonNull(heartbeatInterval, "heartbeatInterval");
      Objects.requireNonNull(electionTimeout, "electionTimeout");
      if (!heartbeatInterval.isPositive() || !electionTimeout.isPositive()) {
        throw new IllegalArgumentException(
            "heartbeatInterval and electionTimeout must be positive: "
                + heartbeatInterval
                + ", "
                + electionTimeout);
      }
    }

    /** A member of a new cluster, with etcd's times. */
    public static Member of(String name, Map<String, URI> initialCluster, String clusterToken) {
      URI own = initialCluster.get(name);
      if (own == null) {
        throw new IllegalArgumentException(name + " is not in " + initialCluster.keySet());
      }
      Map<String, List<URI>> urls = new HashMap<>();
      initialCluster.forEach((member, url) -> urls.put(member, List.of(url)));
      return new Member(
          name,
          own,
          new InetSocketAddress(own.getHost(), own.getPort()),
          urls,
          clusterToken,
          HEARTBEAT,
          ELECTION);
    }

    /**
     * The only member of its cluster, now and later: it listens for others on a port of the
     * system's choice, of which it tells nobody.
     */
    public static Member alone() {
      return new Member(
          ALONE,
          ALONE_URL,
          new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
          Map.of(ALONE, List.of(ALONE_URL)),
          ALONE,
          HEARTBEAT,
          ELECTION);
    }
  }

  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(7);

  /** A store for tests: nothing of it is left when it is closed. */
  public static OpenOptions inMemory() {
    return of(Optional.empty(), "memory");
  }

  /** A store that is kept in a directory, with the rocksdb engine; it is made when missing. */
  public static OpenOptions at(Path directory) {
    return of(Optional.of(directory), "rocksdb");
  }

  private static OpenOptions of(Optional<Path> directory, String storage) {
    return new OpenOptions(
        directory, storage, Map.of(), Member.alone(), Optional.empty(), REQUEST_TIMEOUT);
  }

  /** The same with another storage engine, by its name. */
  public OpenOptions withStorage(String name) {
    return withStorage(name, Map.of());
  }

  /** The same with another storage engine and its settings. */
  public OpenOptions withStorage(String name, Map<String, String> settings) {
    return new OpenOptions(directory, name, settings, member, clients, requestTimeout);
  }

  /** The same as a member of a cluster. */
  public OpenOptions asMember(Member other) {
    return new OpenOptions(directory, storage, storageSettings, other, clients, requestTimeout);
  }

  /** The same with etcd's client port open on this address; port 0 for any that is free. */
  public OpenOptions servingClients(InetSocketAddress address) {
    return new OpenOptions(
        directory, storage, storageSettings, member, Optional.of(address), requestTimeout);
  }

  /** The same with another time to wait for answers. */
  public OpenOptions withRequestTimeout(Duration timeout) {
    return new OpenOptions(directory, storage, storageSettings, member, clients, timeout);
  }
}
