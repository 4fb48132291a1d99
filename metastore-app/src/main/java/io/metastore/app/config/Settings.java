package io.metastore.app.config;

import static io.metastore.app.config.Setting.Group.AUTH;
import static io.metastore.app.config.Setting.Group.CLUSTER;
import static io.metastore.app.config.Setting.Group.FILE;
import static io.metastore.app.config.Setting.Group.LIMITS;
import static io.metastore.app.config.Setting.Group.LOGGING;
import static io.metastore.app.config.Setting.Group.MEMBER;
import static io.metastore.app.config.Setting.Group.STORAGE;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Every setting of {@code metastore serve}, in the order of its help page. */
public final class Settings {
  static final Setting<String> NAME =
      new Setting<>("name", MEMBER, "name", "default", Parsers.memberName(), "This member's name.");
  static final Setting<Path> DATA_DIR =
      new Setting<>(
          "data-dir",
          MEMBER,
          "path",
          "",
          Parsers.path(),
          "Where log and store are kept; made when it is missing. Default: <name>.metastore");
  static final Setting<List<URI>> LISTEN_CLIENT_URLS =
      new Setting<>(
          "listen-client-urls",
          MEMBER,
          "urls",
          "http://127.0.0.1:2379",
          Parsers.urls(),
          "Where clients are served, gRPC and HTTP/1.1 on the same port.");
  static final Setting<List<URI>> ADVERTISE_CLIENT_URLS =
      new Setting<>(
          "advertise-client-urls",
          MEMBER,
          "urls",
          "",
          Parsers.urls(),
          "What clients are told to use. Default: the listen URLs");
  static final Setting<List<URI>> LISTEN_PEER_URLS =
      new Setting<>(
          "listen-peer-urls",
          MEMBER,
          "urls",
          "http://127.0.0.1:2380",
          Parsers.urls(),
          "Where other members reach this one.");
  static final Setting<List<URI>> LISTEN_METRICS_URLS =
      new Setting<>(
          "listen-metrics-urls",
          MEMBER,
          "urls",
          "",
          Parsers.urls(),
          "Where health and metrics are served, besides the client port. Default: only there");
  static final Setting<List<URI>> INITIAL_ADVERTISE_PEER_URLS =
      new Setting<>(
          "initial-advertise-peer-urls",
          CLUSTER,
          "urls",
          "",
          Parsers.urls(),
          "What other members are told to use. Default: the listen URLs");
  static final Setting<Map<String, List<URI>>> INITIAL_CLUSTER =
      new Setting<>(
          "initial-cluster",
          CLUSTER,
          "name=url,...",
          "",
          Parsers.members(),
          "Every member of a new cluster, this one included."
              + " Default: this member alone, by its advertised peer URLs");
  static final Setting<ClusterState> INITIAL_CLUSTER_STATE =
      new Setting<>(
          "initial-cluster-state",
          CLUSTER,
          "new|existing",
          "new",
          Parsers.oneOf(ClusterState.class),
          "Whether an empty data directory makes a new cluster or joins one.");
  static final Setting<String> INITIAL_CLUSTER_TOKEN =
      new Setting<>(
          "initial-cluster-token",
          CLUSTER,
          "text",
          "etcd-cluster",
          Parsers.text(),
          "Tells clusters with equal members apart.");
  static final Setting<Duration> HEARTBEAT_INTERVAL =
      new Setting<>(
          "heartbeat-interval",
          CLUSTER,
          "ms",
          "100",
          Parsers.millis(1, 10_000),
          "Milliseconds between a leader's heartbeats.");
  static final Setting<Duration> ELECTION_TIMEOUT =
      new Setting<>(
          "election-timeout",
          CLUSTER,
          "ms",
          "1000",
          Parsers.millis(10, 50_000),
          "Milliseconds without a leader before an election; at least 5 heartbeat intervals.");
  static final Setting<Boolean> PRE_VOTE =
      new Setting<>(
          "pre-vote",
          CLUSTER,
          Setting.TRUTH,
          "true",
          Parsers.truth(),
          "Whether a member asks the others before it makes them elect, so that one that comes back"
              + " does not disturb them.");
  static final Setting<Boolean> LEADER_LEASE =
      new Setting<>(
          "read-leader-lease",
          CLUSTER,
          Setting.TRUTH,
          "false",
          Parsers.truth(),
          "Whether a leader that a majority answered within an election timeout answers reads"
              + " without asking again; one that was paused may then answer with old data, see"
              + " docs/operations.md.");
  static final Setting<Boolean> STRICT_RECONFIG_CHECK =
      new Setting<>(
          "strict-reconfig-check",
          CLUSTER,
          Setting.TRUTH,
          "true",
          Parsers.truth(),
          "Whether changes of the members are refused that could cost the majority.");
  static final Setting<Integer> MAX_LEARNERS =
      new Setting<>(
          "max-learners",
          CLUSTER,
          "count",
          "1",
          Parsers.number(0, 100),
          "Most members without a vote.");
  static final Setting<Boolean> LEASE_CHECKPOINT =
      new Setting<>(
          "experimental-enable-lease-checkpoint",
          CLUSTER,
          Setting.TRUTH,
          "false",
          Parsers.truth(),
          "Whether what is left of long leases is noted in the log, so that a new leader does not"
              + " give them their whole TTL again.");
  static final Setting<String> STORAGE_ENGINE =
      new Setting<>(
          "storage",
          STORAGE,
          "engine",
          "rocksdb",
          Parsers.text(),
          "The storage engine: rocksdb, memory, or one that a plug-in brings.");
  static final Setting<Map<String, String>> STORAGE_OPTION =
      new Setting<>(
          "storage-option",
          STORAGE,
          "key=value",
          "",
          true,
          Parsers.pairs(),
          "A setting of the storage engine; may be given more than once.");
  static final Setting<Path> PLUGINS_DIR =
      new Setting<>(
          "plugins-dir",
          STORAGE,
          "path",
          "",
          Parsers.path(),
          "Where plug-ins are, each in a folder of its own. Default: plugins/ of the distribution");
  static final Setting<Integer> MAX_REQUEST_BYTES =
      new Setting<>(
          "max-request-bytes",
          LIMITS,
          "bytes",
          "1572864",
          Parsers.number(1024, 256 << 20),
          "Largest request that is accepted.");
  static final Setting<Integer> MAX_TXN_OPS =
      new Setting<>(
          "max-txn-ops",
          LIMITS,
          "count",
          "128",
          Parsers.number(1, 1_000_000),
          "Most compares, or operations of a branch, in one transaction.");
  static final Setting<Integer> MAX_CONCURRENT_STREAMS =
      new Setting<>(
          "max-concurrent-streams",
          LIMITS,
          "count",
          "4294967295",
          Parsers.unsigned(),
          "Most calls of one connection at a time.");
  static final Setting<Duration> GRPC_KEEPALIVE_MIN_TIME =
      new Setting<>(
          "grpc-keepalive-min-time",
          LIMITS,
          "duration",
          "5s",
          Parsers.duration(Duration.ZERO),
          "A client that pings more often than this is disconnected.");
  static final Setting<Duration> GRPC_KEEPALIVE_INTERVAL =
      new Setting<>(
          "grpc-keepalive-interval",
          LIMITS,
          "duration",
          "2h",
          Parsers.duration(Duration.ZERO),
          "Silence after which a client is asked whether it is there; 0 for never.");
  static final Setting<Duration> GRPC_KEEPALIVE_TIMEOUT =
      new Setting<>(
          "grpc-keepalive-timeout",
          LIMITS,
          "duration",
          "20s",
          Parsers.duration(Duration.ofMillis(1)),
          "Time a client has for that answer before it is disconnected.");
  static final Setting<Duration> WATCH_PROGRESS_NOTIFY_INTERVAL =
      new Setting<>(
          "watch-progress-notify-interval",
          LIMITS,
          "duration",
          "10m",
          Parsers.duration(Duration.ofMillis(100)),
          "Time between notices of progress to watches that ask for them, such as 10m or 5s;"
              + " at least 100ms.");
  static final Setting<Long> QUOTA_BACKEND_BYTES =
      new Setting<>(
          "quota-backend-bytes",
          LIMITS,
          "bytes",
          "-1",
          Parsers.bytes(),
          "Size of the store at which writes are refused and the NOSPACE alarm is raised;"
              + " 0 is 2 GiB, a negative number no limit but the disk's.");
  static final Setting<Boolean> QUOTA_AUTO_DISARM =
      new Setting<>(
          "quota-auto-disarm",
          LIMITS,
          Setting.TRUTH,
          "false",
          Parsers.truth(),
          "Whether a member ends its own NOSPACE alarm when its store is below 90 % of the quota.");
  static final Setting<CompactionMode> AUTO_COMPACTION_MODE =
      new Setting<>(
          "auto-compaction-mode",
          LIMITS,
          "mode",
          "periodic",
          Parsers.oneOf(CompactionMode.class),
          "What the retention counts: periodic for time, revision for revisions.");
  static final Setting<String> AUTO_COMPACTION_RETENTION =
      new Setting<>(
          "auto-compaction-retention",
          LIMITS,
          "retention",
          "0",
          Parsers.text(),
          "History that the leader keeps when it compacts by itself: a duration like 30m or 1h30m,"
              + " or a number of hours; in mode revision a number of revisions. 0 is off.");
  static final Setting<Integer> PROPOSAL_QUEUE_MAX =
      new Setting<>(
          "proposal-queue-max",
          LIMITS,
          "count",
          "5000",
          Parsers.number(1, 1_000_000),
          "Writes that may wait for the log; more are refused with \"too many requests\".");
  static final Setting<Duration> REQUEST_TIMEOUT =
      new Setting<>(
          "request-timeout",
          LIMITS,
          "ms",
          "",
          Parsers.millis(1, 3_600_000),
          "Milliseconds a request may take, if its client does not want less."
              + " Default: 5000 and two election timeouts");
  static final Setting<String> AUTH_TOKEN =
      new Setting<>(
          "auth-token",
          AUTH,
          "kind",
          "simple",
          Parsers.tokenKind(),
          "What clients show for who they are: simple, drawn at random and kept by every member.");
  static final Setting<Integer> AUTH_TOKEN_TTL =
      new Setting<>(
          "auth-token-ttl",
          AUTH,
          "seconds",
          "300",
          Parsers.number(1, 1_000_000_000),
          "Seconds a token counts after it was used last.");
  static final Setting<Integer> BCRYPT_COST =
      new Setting<>(
          "bcrypt-cost",
          AUTH,
          "number",
          "10",
          Parsers.number(4, 31),
          "How much work a new password's hash is, 4 to 31; one more doubles it.");
  static final Setting<LogLevel> LOG_LEVEL =
      new Setting<>(
          "log-level",
          LOGGING,
          "level",
          "info",
          Parsers.oneOf(LogLevel.class),
          "How much is logged, on standard error: debug, info, warn or error.");
  static final Setting<LogFormat> LOG_FORMAT =
      new Setting<>(
          "log-format",
          LOGGING,
          "format",
          "console",
          Parsers.oneOf(LogFormat.class),
          "console for people, json for machines (one object per line).");
  static final Setting<Path> CONFIG_FILE =
      new Setting<>(
          "config-file",
          FILE,
          "path",
          "",
          Parsers.path(),
          "A YAML file with these flags' names as keys. A flag counts more than the environment,"
              + " the environment more than the file.");

  private static final List<Setting<?>> ALL =
      List.of(
          NAME,
          DATA_DIR,
          LISTEN_CLIENT_URLS,
          ADVERTISE_CLIENT_URLS,
          LISTEN_PEER_URLS,
          LISTEN_METRICS_URLS,
          INITIAL_ADVERTISE_PEER_URLS,
          INITIAL_CLUSTER,
          INITIAL_CLUSTER_STATE,
          INITIAL_CLUSTER_TOKEN,
          HEARTBEAT_INTERVAL,
          ELECTION_TIMEOUT,
          PRE_VOTE,
          LEADER_LEASE,
          STRICT_RECONFIG_CHECK,
          MAX_LEARNERS,
          LEASE_CHECKPOINT,
          STORAGE_ENGINE,
          STORAGE_OPTION,
          PLUGINS_DIR,
          MAX_REQUEST_BYTES,
          MAX_TXN_OPS,
          MAX_CONCURRENT_STREAMS,
          GRPC_KEEPALIVE_MIN_TIME,
          GRPC_KEEPALIVE_INTERVAL,
          GRPC_KEEPALIVE_TIMEOUT,
          WATCH_PROGRESS_NOTIFY_INTERVAL,
          QUOTA_BACKEND_BYTES,
          QUOTA_AUTO_DISARM,
          AUTO_COMPACTION_MODE,
          AUTO_COMPACTION_RETENTION,
          PROPOSAL_QUEUE_MAX,
          REQUEST_TIMEOUT,
          AUTH_TOKEN,
          AUTH_TOKEN_TTL,
          BCRYPT_COST,
          LOG_LEVEL,
          LOG_FORMAT,
          CONFIG_FILE);

  private Settings() {}

  /** The setting that a flag, a variable or a key means by either of its names. */
  static Optional<Setting<?>> named(String name) {
    String twin = Names.twin(name);
    return ALL.stream().filter(s -> s.name().equals(name) || s.name().equals(twin)).findFirst();
  }

  /** All of them. */
  public static List<Setting<?>> all() {
    return ALL;
  }
}
