package io.metastore.app.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class EtcdFlagsTest {
  private static final String HEADER = "| flag of etcd's | accepted | otherwise |";

  private static final String FLAGS =
      """
      advertise-client-urls auth-token auth-token-ttl auto-compaction-mode
      auto-compaction-retention auto-tls backend-batch-interval backend-batch-limit
      backend-bbolt-freelist-type bcrypt-cost bootstrap-defrag-threshold-megabytes cert-file
      cipher-suites client-cert-allowed-hostname client-cert-auth client-cert-file client-crl-file
      client-key-file compact-hash-check-time compaction-batch-limit compaction-sleep-interval
      config-file corrupt-check-time cors data-dir debug discovery discovery-cacert discovery-cert
      discovery-dial-timeout discovery-endpoints discovery-fallback discovery-insecure-skip-tls-verify
      discovery-insecure-transport discovery-keepalive-time discovery-keepalive-timeout discovery-key
      discovery-password discovery-proxy discovery-request-timeout discovery-srv discovery-srv-name
      discovery-token discovery-user distributed-tracing-address distributed-tracing-instance-id
      distributed-tracing-sampling-rate distributed-tracing-service-name downgrade-check-time
      election-timeout enable-distributed-tracing enable-grpc-gateway enable-log-rotation
      enable-pprof enable-v2 experimental-backend-bbolt-freelist-type
      experimental-compact-hash-check-enabled experimental-compaction-batch-limit
      experimental-corrupt-check-time experimental-enable-lease-checkpoint
      experimental-enable-lease-checkpoint-persist experimental-enable-v2v3
      experimental-initial-corrupt-check experimental-max-learners experimental-memory-mlock
      experimental-peer-skip-client-san-verification experimental-snapshot-catchup-entries
      experimental-stop-grpc-service-on-defrag experimental-txn-mode-write-with-shared-buffer
      experimental-warning-apply-duration experimental-warning-unary-request-duration
      experimental-watch-progress-notify-interval feature-gates force-new-cluster
      grpc-keepalive-interval grpc-keepalive-min-time grpc-keepalive-timeout heartbeat-interval
      host-whitelist initial-advertise-peer-urls initial-cluster initial-cluster-state
      initial-cluster-token initial-election-tick-advance key-file listen-client-http-urls
      listen-client-urls listen-metrics-urls listen-peer-urls log-format log-level log-outputs
      log-package-levels log-rotation-config-json logger max-concurrent-streams max-learners
      max-request-bytes max-snapshots max-txn-ops max-wals memory-mlock metrics name peer-auto-tls
      peer-cert-allowed-cn peer-cert-allowed-hostname peer-cert-file peer-client-cert-auth
      peer-client-cert-file peer-client-key-file peer-crl-file peer-key-file
      peer-skip-client-san-verification peer-trusted-ca-file pre-vote proxy proxy-dial-timeout
      proxy-failure-wait proxy-read-timeout proxy-refresh-interval proxy-write-timeout
      quota-backend-bytes raft-read-timeout raft-write-timeout self-signed-cert-validity
      snapshot-catchup-entries snapshot-count socket-reuse-address socket-reuse-port
      strict-reconfig-check tls-max-version tls-min-version trusted-ca-file unsafe-no-fsync
      v2-deprecation wal-dir warning-apply-duration warning-unary-request-duration
      watch-progress-notify-interval\
      """;

  private static String row(EtcdFlags.Row row) {
    String names =
        row.names().stream().map(name -> "`--" + name + "`").collect(Collectors.joining(", "));
    String accepted =
        row.harmless().stream()
            .map(value -> value.equals(EtcdFlags.ANY) ? "any value" : "`" + value + "`")
            .collect(Collectors.joining(", "));
    String remark = row.remark().isEmpty() ? "" : "; " + row.remark();
    return "| " + names + " | " + accepted + remark + " | " + row.refusal() + " |";
  }

  /** When it fails: what it expected is what the document is to say. */
  @Test
  void documentShowsTheTable() throws Exception {
    List<String> expected = new ArrayList<>(List.of(HEADER, "|---|---|---|"));
    EtcdFlags.table().forEach(row -> expected.add(row(row)));
    List<String> lines = Files.readAllLines(Path.of("../docs/compatibility.md"));
    int from = lines.indexOf(HEADER);
    assertTrue(from >= 0, "no table begins with: " + HEADER);
    int to = from;
    while (to < lines.size() && lines.get(to).startsWith("|")) {
      to++;
    }
    assertEquals(String.join("\n", expected), String.join("\n", lines.subList(from, to)));
  }

  @Test
  void documentNamesEverySetting() throws Exception {
    String text = Files.readString(Path.of("../docs/compatibility.md"));
    for (Setting<?> setting : Settings.all()) {
      assertTrue(text.contains("`" + setting.flag() + "`"), setting.flag());
    }
  }

  @Test
  void noSettingIsInTheTableOfFlagsThatAreNone() {
    for (Setting<?> setting : Settings.all()) {
      assertTrue(EtcdFlags.canonical(setting.name()).isEmpty(), setting.name());
    }
  }

  /** Those of Debian's etcd 3.4.23 and of 3.6, whatever becomes of each. */
  @Test
  void everyFlagOfEtcdsIsKnown() {
    List<String> unknown = new ArrayList<>();
    for (String name : FLAGS.split("\\s+", -1)) {
      if (Settings.named(name).isEmpty() && EtcdFlags.canonical(name).isEmpty()) {
        unknown.add(name);
      }
    }
    assertEquals(List.of(), unknown);
  }
}
