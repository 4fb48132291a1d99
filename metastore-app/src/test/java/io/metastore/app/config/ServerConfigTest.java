package io.metastore.app.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.app.port.ConnectionLimits;
import io.metastore.raft.ClusterOptions;
import io.metastore.raft.UpkeepOptions;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ServerConfigTest {
  @TempDir Path folder;

  private static ServerConfig config(Map<String, String> environment, String... flags)
      throws ConfigException {
    Map<String, List<String>> given = new HashMap<>();
    for (String flag : flags) {
      int equals = flag.indexOf('=');
      given.merge(
          flag.substring(0, equals),
          List.of(flag.substring(equals + 1)),
          (a, b) -> List.of(a.getFirst(), b.getFirst()));
    }
    return ServerConfig.of(given, environment);
  }

  private static String refusal(Map<String, String> environment, String... flags) {
    ConfigException e = assertThrows(ConfigException.class, () -> config(environment, flags));
    String message = String.valueOf(e.getMessage());
    assertEquals(1, message.lines().count(), message);
    return message;
  }

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("metastore.yaml"), text);
  }

  /** With the lease a deposed leader can answer with old data: whoever wants it has to ask. */
  @Test
  void clusterIsThatOfAnEmbeddedNodeUnlessSaidOtherwise() throws Exception {
    assertEquals(ClusterOptions.defaults(), config(Map.of()).cluster());
    assertFalse(ClusterOptions.defaults().leaderLease());
    assertTrue(config(Map.of(), "read-leader-lease=true").cluster().leaderLease());
  }

  @Test
  void retentionIsReadAsEtcdDoes() throws Exception {
    assertEquals(
        new UpkeepOptions(Duration.ZERO, 0, -1, false), config(Map.of()).upkeep(), "the default");
    assertEquals(
        Duration.ofHours(2),
        config(Map.of(), "auto-compaction-retention=2").upkeep().compactionPeriod());
    assertEquals(
        Duration.ofSeconds(5430),
        config(Map.of(), "auto-compaction-retention=1.5h30s").upkeep().compactionPeriod());
    UpkeepOptions revisions =
        config(
                Map.of("ETCD_QUOTA_BACKEND_BYTES", "0"),
                "auto-compaction-mode=revision",
                "auto-compaction-retention=1000",
                "quota-auto-disarm=true")
            .upkeep();
    assertEquals(new UpkeepOptions(Duration.ZERO, 1000, 0, true), revisions);
  }

  @ParameterizedTest
  @CsvSource({
    "periodic,-1",
    "periodic,1x",
    "periodic,h",
    "periodic,1h-",
    "periodic,1us",
    "revision,5m",
    "periodic,9999999999999999h",
    "hourly,1"
  })
  void retentionsThatCannotBeUsedAreRefused(String mode, String retention) {
    refusal(Map.of(), "auto-compaction-mode=" + mode, "auto-compaction-retention=" + retention);
  }

  @Test
  void defaultsAreAClusterOfOneOnLoopback() throws Exception {
    ServerConfig config = config(Map.of());
    assertEquals("default", config.name());
    assertEquals(Path.of("default.metastore").toAbsolutePath(), config.dataDirectory());
    assertEquals(List.of(URI.create("http://127.0.0.1:2379")), config.clientUrls());
    assertEquals(config.clientUrls(), config.advertiseClientUrls());
    assertEquals(
        Map.of("default", List.of(URI.create("http://127.0.0.1:2380"))), config.initialCluster());
    assertEquals(Duration.ofSeconds(7), config.requestTimeout());
    assertEquals("rocksdb", config.storage());
    assertEquals(List.of(), config.warnings());
  }

  @Test
  void flagCountsMoreThanEnvironmentThanFileThanDefault() throws Exception {
    String file = "config-file=" + file("name: file\n");
    Map<String, String> etcd = Map.of("ETCD_NAME", "etcd");
    Map<String, String> both = Map.of("ETCD_NAME", "etcd", "METASTORE_NAME", "environment");
    assertEquals("file", config(Map.of(), file).name());
    assertEquals("etcd", config(etcd, file).name());
    assertEquals("environment", config(both, file).name());
    assertEquals("flag", config(both, file, "name=flag").name());
  }

  @Test
  void emptyEnvironmentVariableIsNotSet() throws Exception {
    assertEquals("default", config(Map.of("METASTORE_NAME", "")).name());
  }

  @Test
  void lastOfSeveralFlagsCountsAndOptionsAddUp() throws Exception {
    assertEquals("b", config(Map.of(), "name=a", "name=b").name());
    assertEquals(
        Map.of("x", "1", "y", "2"),
        config(Map.of(), "storage-option=x=1", "storage-option=y=2").storageSettings());
  }

  @Test
  void fileTakesListsNumbersAndMappings() throws Exception {
    Path file =
        file(
            """
            listen-client-urls: [http://127.0.0.1:1, http://127.0.0.1:2]
            max-request-bytes: 2048
            storage-option: {cache: 64, wal: off}
            """);
    ServerConfig config = config(Map.of(), "config-file=" + file);
    assertEquals(2, config.clientUrls().size());
    assertEquals(2048, config.requestBytesMax());
    assertEquals("64", config.storageSettings().get("cache"));
  }

  @Test
  void wrongFileIsRefusedWithFileAndKey() throws Exception {
    Path file = folder.resolve("metastore.yaml");
    String flag = "config-file=" + file;
    assertEquals("--config-file=" + file + ": there is no such file", refusal(Map.of(), flag));
    file("nmae: x\n");
    assertEquals(file + ":1: nmae is not a setting; did you mean name?", refusal(Map.of(), flag));
    file("name: {a: b}\n");
    assertEquals(
        "name in " + file + ": must be a text, a number or a list, not a mapping",
        refusal(Map.of(), flag));
    file("max-request-bytes: many\n");
    assertEquals(
        file + ": max-request-bytes: many: must be a whole number from 1024 to 268435456",
        refusal(Map.of(), flag));
    file("- a\n");
    assertEquals(file + ": must be a mapping, like \"name: default\"", refusal(Map.of(), flag));
    file("name: [\n");
    assertTrue(refusal(Map.of(), flag).startsWith(file + ":2: is not YAML: "));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "name=a b|--name=\"a b\": must be a name without spaces, commas and equals signs",
        "log-level=loud|--log-level=loud: must be one of debug, info, warn, error",
        "log-format=xml|--log-format=xml: must be one of console, json",
        "initial-cluster-state=old|--initial-cluster-state=old: must be one of new, existing",
        "heartbeat-interval=x|--heartbeat-interval=x: must be a whole number of milliseconds from 1"
            + " to 10000",
        "election-timeout=200|--election-timeout=200: must be at least 5 times the heartbeat"
            + " interval, 500",
        "heartbeat-interval=300|--heartbeat-interval=300: must be at most a fifth of the election"
            + " timeout, 1000",
        "listen-client-urls=127.0.0.1:1|--listen-client-urls=127.0.0.1:1: must be URLs like"
            + " http://127.0.0.1:2379, separated by commas",
        "listen-client-urls=ftp://a:1|--listen-client-urls=ftp://a:1: must be URLs that begin with"
            + " http://, separated by commas",
        "listen-client-urls=http://a|--listen-client-urls=http://a: must name a host and a port"
            + " from 1 to 65535, as in http://127.0.0.1:2379",
        "listen-client-urls=https://a:1|--listen-client-urls=https://a:1: https is not available"
            + " yet, because TLS is not; use http://",
        "listen-client-urls=http://0.0.0.0:1|--listen-client-urls=http://0.0.0.0:1: is every"
            + " address of this machine, so --advertise-client-urls must say which of them others"
            + " shall use",
        "advertise-client-urls=http://0.0.0.0:1|--advertise-client-urls=http://0.0.0.0:1: must name"
            + " an address that others can reach",
        "initial-cluster=b=http://a:1|--initial-cluster=b=http://a:1: must name this member,"
            + " default (--name)",
        "initial-cluster=default=http://a:1|--initial-cluster=default=http://a:1: must give default"
            + " the URLs of --initial-advertise-peer-urls, http://127.0.0.1:2380",
        "initial-cluster=x|--initial-cluster=x: must be a list like"
            + " a=http://10.0.0.1:2380,b=http://10.0.0.2:2380",
        "storage-option=x|--storage-option=x: must be key=value",
        "proposal-queue-max=0|--proposal-queue-max=0: must be a whole number from 1 to 1000000",
      })
  void wrongValueIsOneLineThatSaysWhatIsAllowed(String flag, String line) {
    assertEquals(line, refusal(Map.of(), flag));
  }

  @Test
  void refusalNamesTheEnvironmentVariable() {
    assertEquals(
        "ETCD_LOG_LEVEL=x: must be one of debug, info, warn, error",
        refusal(Map.of("ETCD_LOG_LEVEL", "x")));
  }

  @Test
  void severalMembersArePassedOn() throws Exception {
    ServerConfig config =
        config(Map.of(), "name=a", "initial-cluster=a=http://127.0.0.1:2380,b=http://h:1");
    assertEquals(2, config.initialCluster().size());
    assertEquals(List.of(URI.create("http://h:1")), config.initialCluster().get("b"));
  }

  @Test
  void strangeVariablesAreWarnedOfButNotThoseOfOthers() throws Exception {
    List<String> warnings =
        config(
                Map.of(
                    "METASTORE_NMAE", "x",
                    "METASTORE_JAVA_OPTS", "x",
                    "METASTORE_SERVICE_HOST", "x",
                    "METASTORE_PORT", "x",
                    "PATH", "x"))
            .warnings();
    assertEquals(
        List.of(
            "environment variable is not a setting: METASTORE_NMAE, did you mean METASTORE_NAME?"),
        warnings);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "http://127.0.0.1:1|http://127.0.0.1:1|--listen-peer-urls=http://127.0.0.1:1: is also an"
            + " address of --listen-client-urls=http://127.0.0.1:1; each needs a port of its own",
        "http://127.0.0.1:2380||--listen-client-urls=http://127.0.0.1:2380: is also an address of"
            + " --listen-peer-urls=http://127.0.0.1:2380 (default); each needs a port of its own",
        "http://0.0.0.0:1|http://127.0.0.1:1|--listen-peer-urls=http://127.0.0.1:1: is also an"
            + " address of --listen-client-urls=http://0.0.0.0:1; each needs a port of its own",
        "http://127.0.0.1:1,http://127.0.0.1:1||--listen-client-urls=http://127.0.0.1:1,"
            + "http://127.0.0.1:1: must not name one address twice, http://127.0.0.1:1",
        "http://127.0.0.1:1,http://[::]:1||--listen-client-urls=http://127.0.0.1:1,http://[::]:1:"
            + " must not name one address twice: http://[::]:1 includes http://127.0.0.1:1",
      })
  void addressesThatCollideAreRefused(String clients, String peers, String line) {
    List<String> flags =
        new ArrayList<>(
            List.of("listen-client-urls=" + clients, "advertise-client-urls=http://h:1"));
    if (peers != null) {
      flags.add("listen-peer-urls=" + peers);
    }
    assertEquals(line, refusal(Map.of(), flags.toArray(String[]::new)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "http://127.0.0.1:2379|is also an address of --listen-client-urls=http://127.0.0.1:2379"
            + " (default); each needs a port of its own",
        "http://0.0.0.0:2380|is also an address of --listen-peer-urls=http://127.0.0.1:2380"
            + " (default); each needs a port of its own",
        "http://127.0.0.1:1,http://0.0.0.0:1|must not name one address twice: http://0.0.0.0:1"
            + " includes http://127.0.0.1:1",
        "https://127.0.0.1:1|https is not available yet, because TLS is not; use http://",
        "nonsense|must be URLs like http://127.0.0.1:2379, separated by commas",
      })
  void metricsUrlsThatCannotBeUsedAreRefused(String urls, String reason) {
    assertEquals(
        "--listen-metrics-urls=" + urls + ": " + reason,
        refusal(Map.of(), "listen-metrics-urls=" + urls));
  }

  @Test
  void metricsHavePortsOfTheirOwnOnRequest() throws Exception {
    assertEquals(List.of(), config(Map.of()).metricsUrls());
    assertEquals(List.of(), config(Map.of(), "listen-metrics-urls=").metricsUrls());
    assertEquals(
        List.of(URI.create("http://127.0.0.1:1"), URI.create("http://127.0.0.2:1")),
        config(Map.of(), "listen-metrics-urls=http://127.0.0.1:1,http://127.0.0.2:1")
            .metricsUrls());
  }

  @Test
  void portsThatDifferAndAddressesThatDifferDoNotCollide() throws Exception {
    assertEquals(
        2,
        config(
                Map.of(),
                "listen-client-urls=http://127.0.0.1:1,http://127.0.0.2:1",
                "listen-peer-urls=http://127.0.0.3:1")
            .clientUrls()
            .size());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "logger=zap",
        "log-outputs=stderr",
        "log-outputs=default,stdout",
        "snapshot-count=10000",
        "max-snapshots=5",
        "backend-batch-interval=100ms",
        "experimental-backend-bbolt-freelist-type=map",
        "metrics=basic",
        "enable-v2=false",
        "proxy=off",
        "enable-grpc-gateway=true",
        "experimental-initial-corrupt-check=true",
        "experimental-warning-apply-duration=5s",
        "client-cert-auth=false",
        "cert-file=",
        "feature-gates=InitialCorruptCheck=true,LeaseCheckpoint=false",
      })
  void whatHasNoMeaningHereIsAcceptedWherever(String flag) throws Exception {
    ServerConfig config = config(Map.of(), flag);
    assertEquals("default", config.name());
    int equals = flag.indexOf('=');
    String name = flag.substring(0, equals);
    String value = flag.substring(equals + 1);
    config(Map.of("ETCD_" + name.replace('-', '_').toUpperCase(Locale.ROOT), value));
    config(Map.of(), "config-file=" + file(name + ": \"" + value + "\"\n"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "cert-file=/x|there is no TLS yet",
        "client-cert-auth=true|there is no TLS yet",
        "peer-trusted-ca-file=/x|there is no TLS yet",
        "auto-tls=true|there is no TLS yet",
        "host-whitelist=a|",
        "wal-dir=/w|",
        "force-new-cluster=true|",
        "unsafe-no-fsync=true|",
        "experimental-unsafe-no-fsync=true|",
        "discovery=http://d|",
        "proxy=on|",
        "enable-v2=true|",
        "logger=capnslog|",
        "log-outputs=/var/log/etcd.log|",
        "feature-gates=LeaseCheckpoint=true|",
        "client-transport-security=x|",
      })
  void whatMustNotBeIgnoredEndsTheStartWhereverItWasWritten(String flag, String reason)
      throws Exception {
    int equals = flag.indexOf('=');
    String name = flag.substring(0, equals);
    String value = flag.substring(equals + 1);
    String said = reason == null ? "" : reason;
    String line = refusal(Map.of(), flag);
    assertTrue(line.startsWith("--" + flag + ": " + said), line);
    String variable = name.replace('-', '_').toUpperCase(Locale.ROOT);
    for (String prefix : List.of("ETCD_", "METASTORE_")) {
      String refusal = refusal(Map.of(prefix + variable, value));
      assertTrue(refusal.startsWith(prefix + variable + "=" + value + ": " + said), refusal);
    }
    Path file = file(name + ": \"" + value + "\"\n");
    String refusal = refusal(Map.of(), "config-file=" + file);
    assertTrue(refusal.startsWith(file + ": " + name + ": " + value + ": " + said), refusal);
  }

  @Test
  void experimentalNamesAndPlainOnesAreOneSetting() throws Exception {
    assertEquals(
        Duration.ofSeconds(5),
        config(Map.of(), "experimental-watch-progress-notify-interval=5s").watchProgressInterval());
    assertTrue(config(Map.of("ETCD_ENABLE_LEASE_CHECKPOINT", "true")).leaseCheckpoints());
    Path file = file("experimental-max-learners: 3\n");
    assertEquals(3, config(Map.of(), "config-file=" + file).cluster().learnersMax());
    assertEquals(
        "--experimental-max-learners=x: must be a whole number from 0 to 100",
        refusal(Map.of(), "experimental-max-learners=x"));
  }

  @Test
  void trickyMistakesAreToldPlainly() throws Exception {
    assertEquals(
        "--config-file=" + folder + ": is a directory, not a file",
        refusal(Map.of(), "config-file=" + folder));
    Path file = file("name: x\nconfig-file: y\n");
    assertEquals(
        file + ":2: config-file has no meaning in the file itself",
        refusal(Map.of(), "config-file=" + file));
    assertEquals(
        "--initial-cluster=default=http://127.0.0.1:2380,default=http://127.0.0.1:2381: must give"
            + " one URL for each member, default has 2",
        refusal(
            Map.of(),
            "initial-cluster=default=http://127.0.0.1:2380,default=http://127.0.0.1:2381"));
    assertEquals(
        "--auto-compaction-retention=-1: must be a number of hours or a duration such as 30m or"
            + " 1h30m, or 0 for no compaction",
        refusal(Map.of(), "auto-compaction-retention=-1"));
    assertEquals(
        "--advertise-client-urls=foo: must be URLs like http://127.0.0.1:2379, separated by commas",
        refusal(Map.of(), "advertise-client-urls=foo"));
    assertEquals(
        "--advertise-client-urls=localhost:2379: must be URLs that begin with http://, separated by"
            + " commas",
        refusal(Map.of(), "advertise-client-urls=localhost:2379"));
  }

  @Test
  void whatMeansNothingHereIsTold() throws Exception {
    ServerConfig config =
        config(Map.of("ETCD_LOGGER", "zap"), "snapshot-count=5", "enable-grpc-gateway=true");
    assertEquals(List.of("ETCD_LOGGER=zap", "--snapshot-count=5"), config.ignored());
    assertEquals(
        List.of("--enable-grpc-gateway=true changes nothing: there is no JSON gateway yet"),
        config.warnings());
  }

  /** As etcd's sample file has it. */
  @Test
  void mappingsForTlsAreReadAsTheirFlags() throws Exception {
    String sample = "client-transport-security: {cert-file: , auto-tls: false}\n";
    assertEquals(
        List.of("auto-tls=false"),
        config(Map.of(), "config-file=" + file(sample)).ignored().stream()
            .map(spelled -> spelled.replaceAll(".*: (auto-tls): ", "$1="))
            .toList());
    Path file = file("peer-transport-security: {key-file: /x}\n");
    String refusal = refusal(Map.of(), "config-file=" + file);
    assertTrue(refusal.startsWith(file + ": peer-key-file: /x: there is no TLS yet"), refusal);
  }

  @Test
  void connectionsAreHeldToWhatEtcdsFlagsSay() throws Exception {
    assertEquals(ConnectionLimits.defaults(), config(Map.of()).connections());
    assertEquals(
        new ConnectionLimits(Duration.ofMillis(500), Duration.ZERO, Duration.ofSeconds(1), 7),
        config(
                Map.of("ETCD_GRPC_KEEPALIVE_INTERVAL", "0"),
                "grpc-keepalive-min-time=500ms",
                "grpc-keepalive-timeout=1s",
                "max-concurrent-streams=7")
            .connections());
  }
}
