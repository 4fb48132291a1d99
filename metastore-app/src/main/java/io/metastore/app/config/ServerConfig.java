package io.metastore.app.config;

import io.metastore.app.port.ConnectionLimits;
import io.metastore.raft.ClusterOptions;
import io.metastore.raft.StartException;
import io.metastore.raft.UpkeepOptions;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a server runs with, checked.
 *
 * @param name this member's name
 * @param dataDirectory absolute
 * @param clientUrls where clients are served
 * @param advertiseClientUrls what clients are told
 * @param peerUrls where members are served
 * @param advertisePeerUrls what members are told
 * @param metricsUrls where health and metrics are served besides the client port; may be empty
 * @param initialCluster members of a new cluster, with their peer URLs; holds this one
 * @param clusterToken tells clusters with equal members apart
 * @param heartbeatInterval between a leader's heartbeats
 * @param electionTimeout at least 5 heartbeat intervals
 * @param leaseCheckpoints whether what is left of long leases is noted in the log
 * @param storage name of the engine
 * @param storageSettings the engine's settings
 * @param pluginsDirectory absolute; empty when it is the distribution's
 * @param requestBytesMax largest request
 * @param txnOpsMax most compares, or operations of a branch, in a transaction
 * @param watchProgressInterval between notices of progress to watches
 * @param proposalQueueMax writes that may wait
 * @param upkeep how the store's size is kept in bounds
 * @param cluster how the member takes part in its cluster
 * @param requestTimeout longest time of a request
 * @param authTokenTtl how long a token counts after it was used last
 * @param bcryptCost of the hashes of new passwords
 * @param logLevel how much is logged
 * @param logFormat how log lines look
 * @param connections what connections of clients are held to
 * @param ignored flags of etcd's that mean nothing here, as they were written
 * @param warnings what is odd but can be gone on with, one line each
 * @param spelled each setting as the operator wrote it, by name, for messages
 */
public record ServerConfig(
    String name,
    Path dataDirectory,
    List<URI> clientUrls,
    List<URI> advertiseClientUrls,
    List<URI> peerUrls,
    List<URI> advertisePeerUrls,
    List<URI> metricsUrls,
    Map<String, List<URI>> initialCluster,
    String clusterToken,
    Duration heartbeatInterval,
    Duration electionTimeout,
    boolean leaseCheckpoints,
    String storage,
    Map<String, String> storageSettings,
    Optional<Path> pluginsDirectory,
    int requestBytesMax,
    int txnOpsMax,
    Duration watchProgressInterval,
    int proposalQueueMax,
    UpkeepOptions upkeep,
    ClusterOptions cluster,
    Duration requestTimeout,
    Duration authTokenTtl,
    int bcryptCost,
    LogLevel logLevel,
    LogFormat logFormat,
    ConnectionLimits connections,
    List<String> ignored,
    List<String> warnings,
    Map<String, String> spelled) {
  private static final Duration REQUEST_TIMEOUT_BASE = Duration.ofSeconds(5);
  private static final String SUFFIX = ".metastore";
  private static final int HEARTBEATS_PER_ELECTION_MIN = 5;

  /**
   * Finds and checks every setting.
   *
   * @param flags the values given to each flag, by setting name
   * @param environment the process's environment
   * @throws ConfigException when a value cannot be used; the first one found
   */
  public static ServerConfig of(Map<String, List<String>> flags, Map<String, String> environment)
      throws ConfigException {
    Resolution found = Resolution.of(flags, environment);
    String name = found.get(Settings.NAME);
    List<URI> clientUrls = found.get(Settings.LISTEN_CLIENT_URLS);
    List<URI> peerUrls = found.get(Settings.LISTEN_PEER_URLS);
    onePeerUrl(found, peerUrls);
    ListenAddresses.check(found);
    List<URI> advertiseClientUrls =
        advertised(found, Settings.ADVERTISE_CLIENT_URLS, Settings.LISTEN_CLIENT_URLS);
    List<URI> advertisePeerUrls =
        advertised(found, Settings.INITIAL_ADVERTISE_PEER_URLS, Settings.LISTEN_PEER_URLS);
    Duration election = electionTimeout(found);
    Resolution.Foreign foreign = found.foreign();
    return new ServerConfig(
        name,
        Resolution.absolute(
            found.present(Settings.DATA_DIR)
                ? found.get(Settings.DATA_DIR)
                : Path.of(name + SUFFIX)),
        clientUrls,
        advertiseClientUrls,
        peerUrls,
        advertisePeerUrls,
        ListenAddresses.ofMetrics(found),
        initialCluster(found, name, advertisePeerUrls),
        found.get(Settings.INITIAL_CLUSTER_TOKEN),
        found.get(Settings.HEARTBEAT_INTERVAL),
        election,
        found.get(Settings.LEASE_CHECKPOINT),
        found.get(Settings.STORAGE_ENGINE),
        found.get(Settings.STORAGE_OPTION),
        pluginsDirectory(found),
        found.get(Settings.MAX_REQUEST_BYTES),
        found.get(Settings.MAX_TXN_OPS),
        found.get(Settings.WATCH_PROGRESS_NOTIFY_INTERVAL),
        found.get(Settings.PROPOSAL_QUEUE_MAX),
        upkeep(found),
        cluster(found),
        found.present(Settings.REQUEST_TIMEOUT)
            ? found.get(Settings.REQUEST_TIMEOUT)
            : REQUEST_TIMEOUT_BASE.plus(election).plus(election),
        tokenTtl(found),
        found.get(Settings.BCRYPT_COST),
        found.get(Settings.LOG_LEVEL),
        found.get(Settings.LOG_FORMAT),
        connections(found),
        foreign.ignored(),
        warnings(foreign, environment),
        spelled(found, name));
  }

  private static Map<String, String> spelled(Resolution found, String name) {
    Map<String, String> spelled = new HashMap<>(found.spelled());
    if (!found.present(Settings.DATA_DIR)) {
      spelled.put(
          Settings.DATA_DIR.name(), Settings.DATA_DIR.flag() + "=" + name + SUFFIX + " (default)");
    }
    return spelled;
  }

  /** A setting and its value as the operator wrote them, for messages. */
  public String spelled(String setting) {
    return spelled.getOrDefault(setting, setting);
  }

  private static ConnectionLimits connections(Resolution found) throws ConfigException {
    return new ConnectionLimits(
        found.get(Settings.GRPC_KEEPALIVE_MIN_TIME),
        found.get(Settings.GRPC_KEEPALIVE_INTERVAL),
        found.get(Settings.GRPC_KEEPALIVE_TIMEOUT),
        found.get(Settings.MAX_CONCURRENT_STREAMS));
  }

  private static List<String> warnings(
      Resolution.Foreign foreign, Map<String, String> environment) {
    List<String> warnings = new ArrayList<>(foreign.warnings());
    for (String stranger : Resolution.strangers(environment)) {
      warnings.add("environment variable is not a setting: " + stranger);
    }
    return warnings;
  }

  /** Why a start was refused, with the setting as the operator wrote it. */
  public String told(StartException refusal) {
    String message = String.valueOf(refusal.getMessage());
    return refusal
        .setting()
        .filter(spelled::containsKey)
        .map(setting -> spelled(setting) + ": " + refusal.reason())
        .orElse(message);
  }

  private static Duration tokenTtl(Resolution found) throws ConfigException {
    // There is one kind: to read the setting is to refuse the others.
    found.get(Settings.AUTH_TOKEN);
    return Duration.ofSeconds(found.get(Settings.AUTH_TOKEN_TTL));
  }

  private static ClusterOptions cluster(Resolution found) throws ConfigException {
    return new ClusterOptions(
        found.get(Settings.INITIAL_CLUSTER_STATE) == ClusterState.EXISTING,
        found.get(Settings.PRE_VOTE),
        found.get(Settings.LEADER_LEASE),
        found.get(Settings.STRICT_RECONFIG_CHECK),
        found.get(Settings.MAX_LEARNERS));
  }

  private static UpkeepOptions upkeep(Resolution found) throws ConfigException {
    Value retention = found.value(Settings.AUTO_COMPACTION_RETENTION);
    try {
      CompactionRetention kept =
          CompactionRetention.parse(
              found.get(Settings.AUTO_COMPACTION_MODE), retention.text().strip());
      return new UpkeepOptions(
          kept.period(),
          kept.revisions(),
          found.get(Settings.QUOTA_BACKEND_BYTES),
          found.get(Settings.QUOTA_AUTO_DISARM));
    } catch (Setting.Refusal refusal) {
      throw retention.refuse(refusal.reason());
    }
  }

  private static Optional<Path> pluginsDirectory(Resolution found) throws ConfigException {
    return found.present(Settings.PLUGINS_DIR)
        ? Optional.of(Resolution.absolute(found.get(Settings.PLUGINS_DIR)))
        : Optional.empty();
  }

  private static void onePeerUrl(Resolution found, List<URI> peerUrls) throws ConfigException {
    if (peerUrls.size() > 1) {
      throw found.value(Settings.LISTEN_PEER_URLS).refuse("must be one URL");
    }
    if (found.present(Settings.INITIAL_ADVERTISE_PEER_URLS)
        && found.get(Settings.INITIAL_ADVERTISE_PEER_URLS).size() > 1) {
      throw found.value(Settings.INITIAL_ADVERTISE_PEER_URLS).refuse("must be one URL");
    }
  }

  private static Duration electionTimeout(Resolution found) throws ConfigException {
    Duration election = found.get(Settings.ELECTION_TIMEOUT);
    Duration heartbeat = found.get(Settings.HEARTBEAT_INTERVAL);
    Duration min = Duration.ofMillis(heartbeat.toMillis() * HEARTBEATS_PER_ELECTION_MIN);
    if (election.compareTo(min) < 0) {
      boolean electionGiven = found.value(Settings.ELECTION_TIMEOUT).given();
      throw electionGiven
          ? found
              .value(Settings.ELECTION_TIMEOUT)
              .refuse("must be at least 5 times the heartbeat interval, " + min.toMillis())
          : found
              .value(Settings.HEARTBEAT_INTERVAL)
              .refuse("must be at most a fifth of the election timeout, " + election.toMillis());
    }
    return election;
  }

  /** What others are told, which cannot be "every interface of this machine". */
  private static List<URI> advertised(
      Resolution found, Setting<List<URI>> advertise, Setting<List<URI>> listen)
      throws ConfigException {
    if (found.present(advertise)) {
      List<URI> urls = found.get(advertise);
      if (urls.stream().anyMatch(ListenAddresses::wildcard)) {
        throw found.value(advertise).refuse("must name an address that others can reach");
      }
      return urls;
    }
    List<URI> urls = found.get(listen);
    if (urls.stream().anyMatch(ListenAddresses::wildcard)) {
      throw found
          .value(listen)
          .refuse(
              "is every address of this machine, so "
                  + advertise.flag()
                  + " must say which of them others shall use");
    }
    return urls;
  }

  private static Map<String, List<URI>> initialCluster(
      Resolution found, String name, List<URI> advertisePeerUrls) throws ConfigException {
    if (!found.present(Settings.INITIAL_CLUSTER)) {
      return Map.of(name, advertisePeerUrls);
    }
    Map<String, List<URI>> cluster = found.get(Settings.INITIAL_CLUSTER);
    Value value = found.value(Settings.INITIAL_CLUSTER);
    List<URI> own = cluster.get(name);
    if (own == null) {
      throw value.refuse("must name this member, " + name + " (--name)");
    }
    for (Map.Entry<String, List<URI>> member : cluster.entrySet()) {
      if (member.getValue().size() > 1) {
        throw value.refuse(
            "must give one URL for each member, "
                + member.getKey()
                + " has "
                + member.getValue().size());
      }
    }
    if (!new HashSet<>(own).equals(new HashSet<>(advertisePeerUrls))) {
      throw value.refuse(
          "must give "
              + name
              + " the URLs of --initial-advertise-peer-urls, "
              + String.join(",", advertisePeerUrls.stream().map(URI::toString).toList()));
    }
    long urls = cluster.values().stream().mapToLong(List::size).sum();
    if (cluster.values().stream().flatMap(List::stream).distinct().count() < urls) {
      throw value.refuse("must not name one URL twice");
    }
    return cluster;
  }
}
