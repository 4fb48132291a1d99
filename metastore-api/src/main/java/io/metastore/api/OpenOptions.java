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
 * @param upkeep how its size is kept in bounds
 */
public record OpenOptions(
    Optional<Path> directory,
    String storage,
    Map<String, String> storageSettings,
    Member member,
    Optional<InetSocketAddress> clients,
    Duration requestTimeout,
    Upkeep upkeep) {
  /** Copies the map; refuses what cannot be meant. */
  public OpenOptions {
    Objects.requireNonNull(directory, "directory");
    Objects.requireNonNull(storage, "storage");
    storageSettings = Map.copyOf(Objects.requireNonNull(storageSettings, "storageSettings"));
    Objects.requireNonNull(member, "member");
    Objects.requireNonNull(clients, "clients");
    Objects.requireNonNull(requestTimeout, "requestTimeout");
    Objects.requireNonNull(upkeep, "upkeep");
    if (!requestTimeout.isPositive()) {
      throw new IllegalArgumentException("requestTimeout must be positive: " + requestTimeout);
    }
  }

  /**
   * How a store's size is kept in bounds. History that is given up can no longer be read or watched
   * from, as after {@link Metastore#compact}; in a cluster the leader does that, by its own
   * options.
   *
   * @param history how much time of history is kept, as {@code --auto-compaction-retention} in mode
   *     periodic; zero for all of it
   * @param revisions how many revisions of history are kept, as in mode revision; 0 for all of
   *     them; one of the two at most
   * @param quotaBytes size of the store at which writes are refused with {@link
   *     ErrorCode#NO_SPACE}, as {@code --quota-backend-bytes}; 0 for 2 GiB, negative for no limit
   *     but the disk's
   * @param recovers whether writes are taken again by themselves once the store is below 90 % of
   *     the quota, as {@code --quota-auto-disarm}
   */
  public record Upkeep(Duration history, long revisions, long quotaBytes, boolean recovers) {
    private static final Upkeep NONE = new Upkeep(Duration.ZERO, 0, -1, false);

    /** Refuses what cannot be meant. */
    public Upkeep {
      Objects.requireNonNull(history, "history");
      if (history.isNegative() || revisions < 0) {
        throw new IllegalArgumentException(
            "history cannot be negative: " + history + ", " + revisions + " revisions");
      }
      if (history.isPositive() && revisions > 0) {
        throw new IllegalArgumentException(
            "history is kept by time or by revisions, not by both: " + history + ", " + revisions);
      }
    }

    /** Keeps all history, and grows until the disk is full. */
    public static Upkeep none() {
      return NONE;
    }
  }

  /**
   * A member of a cluster.
   *
   * @param name its name
   * @param peerUrl where other members reach it
   * @param peerListen where it listens for them; with port 0 it does not, and must be the only one
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

    /** The only member of its cluster, now and later: it does not listen for others. */
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
        directory,
        storage,
        Map.of(),
        Member.alone(),
        Optional.empty(),
        REQUEST_TIMEOUT,
        Upkeep.none());
  }

  /** The same with another storage engine, by its name. */
  public OpenOptions withStorage(String name) {
    return withStorage(name, Map.of());
  }

  /** The same with another storage engine and its settings. */
  public OpenOptions withStorage(String name, Map<String, String> settings) {
    return new OpenOptions(directory, name, settings, member, clients, requestTimeout, upkeep);
  }

  /** The same as a member of a cluster. */
  public OpenOptions asMember(Member other) {
    return new OpenOptions(
        directory, storage, storageSettings, other, clients, requestTimeout, upkeep);
  }

  /** The same with etcd's client port open on this address; port 0 for any that is free. */
  public OpenOptions servingClients(InetSocketAddress address) {
    return new OpenOptions(
        directory, storage, storageSettings, member, Optional.of(address), requestTimeout, upkeep);
  }

  /** The same with another time to wait for answers. */
  public OpenOptions withRequestTimeout(Duration timeout) {
    return new OpenOptions(directory, storage, storageSettings, member, clients, timeout, upkeep);
  }

  /** The same, giving up history that is older. */
  public OpenOptions keepingHistory(Duration time) {
    return withUpkeep(new Upkeep(time, 0, upkeep.quotaBytes(), upkeep.recovers()));
  }

  /** The same, giving up history beyond this many revisions. */
  public OpenOptions keepingRevisions(long count) {
    return withUpkeep(new Upkeep(Duration.ZERO, count, upkeep.quotaBytes(), upkeep.recovers()));
  }

  /**
   * The same, refusing writes while the store is larger. Once it was, writes are refused until the
   * alarm is disarmed, as {@code etcdctl alarm disarm} does; {@link Upkeep#recovers()} does it
   * alone.
   */
  public OpenOptions withQuota(long bytes) {
    return withUpkeep(new Upkeep(upkeep.history(), upkeep.revisions(), bytes, upkeep.recovers()));
  }

  /** The same with another way to keep its size in bounds. */
  public OpenOptions withUpkeep(Upkeep other) {
    return new OpenOptions(
        directory, storage, storageSettings, member, clients, requestTimeout, other);
  }
}
