package io.metastore.app.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The flags of etcd (3.4 to 3.6) that are no {@link Settings}: start scripts have them, so each is
 * known. A value that changes nothing that an operator relies on is accepted; any other ends the
 * start, wherever it was written, because a server that ignored it would be less safe, or
 * elsewhere, than its operator believes. {@code docs/compatibility.md} shows this table; a test
 * holds them together.
 */
public final class EtcdFlags {
  /** Stands for all values in {@link Row#harmless}. */
  static final String ANY = "any";

  private static final String NO_TLS =
      "there is no TLS yet; leave it out, and keep both ports in a network that you trust";

  /**
   * Flags that are treated alike.
   *
   * @param names without dashes in front; each counts with and without {@code experimental-}
   * @param truth whether the flag alone means {@code true}
   * @param harmless values that are accepted, like an empty one; of a list each must be
   * @param remark what is warned of when such a value is given; empty for nothing
   * @param refusal why another value is refused, and what to do; empty when none is
   */
  record Row(
      List<String> names, boolean truth, List<String> harmless, String remark, String refusal) {
    Row {
      names = List.copyOf(names);
      harmless = List.copyOf(harmless);
    }

    boolean accepts(String value) {
      return harmless.contains(ANY)
          || value.isBlank()
          || Arrays.stream(value.split(",", -1)).map(String::strip).allMatch(harmless::contains);
    }
  }

  private static final List<Row> TABLE =
      List.of(
          // What etcd does inside, and MetaStore does otherwise.
          any("", "snapshot-count", "max-snapshots", "max-wals", "snapshot-catchup-entries"),
          any("", "backend-batch-interval", "backend-batch-limit", "backend-bbolt-freelist-type"),
          any("", "compaction-batch-limit", "compaction-sleep-interval"),
          any("", "bootstrap-defrag-threshold-megabytes", "downgrade-check-time"),
          any("", "raft-read-timeout", "raft-write-timeout", "v2-deprecation"),
          any("", "warning-apply-duration", "warning-unary-request-duration"),
          anyTruth("", "initial-election-tick-advance", "socket-reuse-address"),
          anyTruth("", "stop-grpc-service-on-defrag", "txn-mode-write-with-shared-buffer"),
          anyTruth("", "enable-lease-checkpoint-persist"),
          any("", "tls-min-version", "tls-max-version", "cipher-suites"),
          any("", "self-signed-cert-validity", "log-rotation-config-json"),
          any("", "proxy-failure-wait", "proxy-refresh-interval", "proxy-dial-timeout"),
          any("", "proxy-write-timeout", "proxy-read-timeout"),
          any("", "discovery-fallback", "discovery-proxy", "discovery-srv-name"),
          any("", "discovery-dial-timeout", "discovery-request-timeout"),
          any("", "discovery-keepalive-time", "discovery-keepalive-timeout"),
          anyTruth("", "discovery-insecure-transport", "discovery-insecure-skip-tls-verify"),
          any("", "discovery-cert", "discovery-key", "discovery-cacert"),
          any("", "discovery-user", "discovery-password"),
          any("", "distributed-tracing-address", "distributed-tracing-service-name"),
          any("", "distributed-tracing-instance-id", "distributed-tracing-sampling-rate"),
          // What somebody may miss, who is no less safe without it.
          truth("there is no JSON gateway yet", "enable-grpc-gateway"),
          any("there is no JSON gateway yet", "cors"),
          truth("there is no /debug/pprof; jcmd and JFR look inside", "enable-pprof"),
          truth("the process is not locked in memory", "memory-mlock"),
          truth("no traces are sent", "enable-distributed-tracing"),
          truth(
              "members do not compare their data by themselves; checksums find damage, HashKV"
                  + " compares",
              "initial-corrupt-check",
              "compact-hash-check-enabled"),
          any(
              "members do not compare their data by themselves; HashKV does",
              "corrupt-check-time",
              "compact-hash-check-time"),
          only(
              "there are no histograms of calls",
              "must be basic or extensive",
              List.of("basic", "extensive"),
              "metrics"),
          only(
              "",
              "must be zap, etcd's one that is left; the log is MetaStore's own in any case",
              List.of("zap"),
              "logger"),
          only(
              "",
              "the log goes to standard error; leave it out, and redirect that",
              List.of("default", "stderr", "stdout"),
              "log-outputs"),
          only(
              "",
              "has gates of etcd's that do not fit; checkpoints of leases are"
                  + " --experimental-enable-lease-checkpoint",
              gates(),
              "feature-gates"),
          // What must not be ignored.
          none(
              NO_TLS,
              "cert-file",
              "key-file",
              "trusted-ca-file",
              "ca-file",
              "client-cert-file",
              "client-key-file",
              "client-crl-file",
              "client-cert-allowed-hostname",
              "client-transport-security"),
          none(
              NO_TLS,
              "peer-cert-file",
              "peer-key-file",
              "peer-trusted-ca-file",
              "peer-ca-file",
              "peer-client-cert-file",
              "peer-client-key-file",
              "peer-crl-file",
              "peer-cert-allowed-cn",
              "peer-cert-allowed-hostname",
              "peer-transport-security"),
          onlyFalse(
              NO_TLS,
              "client-cert-auth",
              "auto-tls",
              "peer-client-cert-auth",
              "peer-auto-tls",
              "peer-skip-client-san-verification"),
          only(
              "",
              "requests are not checked for the host they name; leave it out, and keep the port in"
                  + " a network that you trust",
              List.of("*"),
              "host-whitelist"),
          none(
              "the log is part of the data directory; leave it out, and put --data-dir on the fast"
                  + " disk",
              "wal-dir"),
          onlyFalse(
              "a member cannot be made the only one of its cluster; leave it out",
              "force-new-cluster"),
          onlyFalse("every write is synced; leave it out", "unsafe-no-fsync"),
          none(
              "there is no discovery; leave it out, and name the members in --initial-cluster",
              "discovery",
              "discovery-srv",
              "discovery-endpoints",
              "discovery-token"),
          none(
              "gRPC and HTTP share one port; leave it out, and use --listen-client-urls",
              "listen-client-http-urls"),
          onlyFalse("two servers cannot share a port; leave it out", "socket-reuse-port"),
          onlyFalse("there is no v2 API; use v3", "enable-v2"),
          none("there is no v2 API; use v3", "enable-v2v3"),
          only("", "there is no proxy; name the members to clients", List.of("off"), "proxy"),
          onlyFalse(
              "the log goes to standard error; leave it out, and let what reads that rotate",
              "enable-log-rotation"),
          onlyFalse("use --log-level=debug", "debug"),
          none("there is one level; use --log-level", "log-package-levels"));

  private static final Set<String> NOTHING = Set.of("false", "0", "0s", "off", "basic");

  private static final Map<String, Row> BY_NAME = byName();

  private EtcdFlags() {}

  private static Row any(String remark, String... names) {
    return new Row(List.of(names), false, List.of(ANY), remark, "");
  }

  private static Row anyTruth(String remark, String... names) {
    return new Row(List.of(names), true, List.of(ANY), remark, "");
  }

  /** A switch whose {@code true} is warned of. */
  private static Row truth(String remark, String... names) {
    return new Row(List.of(names), true, List.of("true", "false"), remark, "must be true or false");
  }

  private static Row onlyFalse(String refusal, String... names) {
    return new Row(List.of(names), true, List.of("false"), "", refusal);
  }

  private static Row none(String refusal, String... names) {
    return new Row(List.of(names), false, List.of(), "", refusal);
  }

  private static Row only(String remark, String refusal, List<String> harmless, String... names) {
    return new Row(List.of(names), false, harmless, remark, refusal);
  }

  private static List<String> gates() {
    List<String> gates = new ArrayList<>();
    for (String gate :
        List.of(
            "CompactHashCheck",
            "InitialCorruptCheck",
            "LeaseCheckpointPersist",
            "SetMemberLocalAddr",
            "StopGRPCServiceOnDefrag",
            "TxnModeWriteWithSharedBuffer")) {
      gates.add(gate + "=true");
      gates.add(gate + "=false");
    }
    gates.add("LeaseCheckpoint=false");
    return gates;
  }

  private static Map<String, Row> byName() {
    Map<String, Row> rows = new TreeMap<>();
    for (Row row : TABLE) {
      for (String name : row.names()) {
        if (rows.put(name, row) != null) {
          throw new IllegalStateException("twice in the table: " + name);
        }
      }
    }
    return Map.copyOf(rows);
  }

  static List<Row> table() {
    return TABLE;
  }

  /** The table's spelling of a flag's name, if it is in the table. */
  static Optional<String> canonical(String name) {
    return BY_NAME.containsKey(name)
        ? Optional.of(name)
        : Optional.of(Names.twin(name)).filter(BY_NAME::containsKey);
  }

  /** The row of a name in the table's spelling. */
  static Optional<Row> row(String name) {
    return Optional.ofNullable(BY_NAME.get(name));
  }

  /** Whether a value asks for what there is anyway. */
  static boolean asksForNothing(String value) {
    return value.isBlank() || NOTHING.contains(value);
  }

  /** Every name, without dashes in front. */
  public static List<String> names() {
    return BY_NAME.keySet().stream().sorted().toList();
  }

  /** Whether a flag alone means {@code true}. */
  public static boolean truth(String name) {
    return row(name).map(Row::truth).orElse(false);
  }
}
