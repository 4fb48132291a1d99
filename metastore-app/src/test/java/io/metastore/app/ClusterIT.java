package io.metastore.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.testkit.network.FreePorts;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Three members as three processes, used by etcd's own client. */
final class ClusterIT {
  private static final Path ETCDCTL = Path.of("/usr/bin/etcdctl");
  private static final long DEADLINE_SECONDS = 60;

  /** Elections are waited for, and not what this is about. */
  private static final List<String> SOON =
      List.of("--heartbeat-interval=50", "--election-timeout=500");

  @TempDir private Path temp;
  private final Map<String, ServerProcess> members = new LinkedHashMap<>();
  private final List<String> names = new ArrayList<>(List.of("n1", "n2", "n3"));

  @BeforeEach
  void etcdctlIsInstalled() {
    Installed.require(ETCDCTL, "etcd-client");
  }

  @AfterEach
  void stopAll() {
    members.values().forEach(ServerProcess::close);
  }

  private Path folder(String name) throws IOException {
    return Files.createDirectories(temp.resolve(name));
  }

  private String peerUrl(String name) throws IOException {
    return "http://127.0.0.1:" + ServerProcess.peerPort(folder(name));
  }

  private void start(String name, String... flags) throws Exception {
    launch(name, flags).awaitServing();
  }

  private ServerProcess launch(String name, String... flags) throws IOException {
    List<String> all = new ArrayList<>();
    for (String member : names) {
      all.add(member + "=" + peerUrl(member));
    }
    List<String> arguments = new ArrayList<>(List.of(flags));
    arguments.add("--name=" + name);
    arguments.add("--initial-cluster=" + String.join(",", all));
    arguments.addAll(SOON);
    ServerProcess member =
        ServerProcess.launch(
            folder(name), FreePorts.next(), Map.of(), arguments.toArray(String[]::new));
    members.put(name, member);
    return member;
  }

  private String etcdctl(String endpoints, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(ETCDCTL.toString());
    command.add("--endpoints=" + endpoints);
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("ETCDCTL_API", "3");
    Process process = builder.start();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertTrue(process.waitFor(30, TimeUnit.SECONDS), "etcdctl does not end");
    return output;
  }

  private String endpoint(String name) {
    return Optional.ofNullable(members.get(name)).orElseThrow().endpoint();
  }

  private String endpoints() {
    return members.values().stream().map(ServerProcess::endpoint).collect(Collectors.joining(","));
  }

  /** Repeats a put until it is acknowledged: a client's write may time out while there is none. */
  private void put(String name, String key, String value) throws Exception {
    await(name, "OK", "put", key, value);
  }

  private void await(String name, String expected, String... arguments) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
    String answer = etcdctl(endpoint(name), arguments);
    while (!answer.contains(expected)) {
      assertTrue(System.nanoTime() < deadline, answer);
      answer = etcdctl(endpoint(name), arguments);
    }
  }

  private void awaitMetric(String name, String line) throws Exception {
    URI uri = URI.create("http://" + endpoint(name) + "/metrics");
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
    while (true) {
      String metrics;
      try (InputStream body = uri.toURL().openStream()) {
        metrics = new String(body.readAllBytes(), StandardCharsets.UTF_8);
      }
      if (metrics.contains("\n" + line)) {
        return;
      }
      assertTrue(System.nanoTime() < deadline, () -> line + " is not in " + metrics);
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }

  private String leader() throws Exception {
    for (String name : members.keySet()) {
      // endpoint, id, version, size, is leader, is learner, term, index, applied index, errors
      String[] status = etcdctl(endpoint(name), "endpoint", "status").split(", ", -1);
      if (status.length > 4 && status[4].equals("true")) {
        return name;
      }
    }
    throw new IllegalStateException("no member leads");
  }

  /** The id that a member list line of etcdctl begins with; a learner would not answer it. */
  private String id(String name) throws Exception {
    return etcdctl(endpoint("n1"), "member", "list")
        .lines()
        .filter(line -> line.contains(", " + name + ", ") || line.contains(peerUrlOf(name)))
        .map(line -> line.substring(0, line.indexOf(',')))
        .findFirst()
        .orElseThrow();
  }

  private String peerUrlOf(String name) {
    try {
      return peerUrl(name);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"memory", "rocksdb"})
  void threeMembersServeThroughTheKillOfTheirLeader(String engine) throws Exception {
    for (String name : names) {
      var unused = launch(name, "--storage=" + engine);
    }
    for (String name : names) {
      Optional.ofNullable(members.get(name)).orElseThrow().awaitServing();
    }
    for (String name : names) {
      put(name, "by-" + name, "v");
    }
    for (String name : names) {
      assertEquals(
          "by-n1\nby-n2\nby-n3",
          etcdctl(endpoint(name), "get", "--prefix", "by", "--keys-only").replace("\n\n", "\n"));
    }
    String killed = leader();
    Optional.ofNullable(members.remove(killed)).orElseThrow().kill();
    String left = members.keySet().iterator().next();
    put(left, "after", "v");
    start(killed, "--storage=" + engine);
    await(killed, "after", "get", "after");
    assertEquals(3, etcdctl(endpoints(), "member", "list").lines().count());
  }

  @Test
  void membersAreAddedPromotedAndRemovedByEtcdctl() throws Exception {
    names.remove("n3");
    names.remove("n2");
    start("n1");
    put("n1", "k", "v");
    names.add("n2");
    String added =
        etcdctl(endpoint("n1"), "member", "add", "n2", "--learner", "--peer-urls=" + peerUrl("n2"));
    assertTrue(added.contains("added to cluster"), added);
    String unstarted = etcdctl(endpoint("n1"), "member", "list");
    assertTrue(unstarted.contains("unstarted, , " + peerUrl("n2")), unstarted);
    start("n2", "--initial-cluster-state=existing");
    await("n2", "v", "get", "--consistency=s", "k");
    String refused = etcdctl(endpoint("n2"), "get", "k");
    assertTrue(refused.contains("rpc not supported for learner"), refused);
    String id = id("n2");
    await("n1", "promoted", "member", "promote", id);
    awaitMetric("n1", "etcd_server_learner_promote_successes 1.0");
    awaitMetric("n1", "etcd_network_peer_round_trip_time_seconds_count{To=\"" + id + "\"} ");
    await("n2", "v", "get", "k");
    String moved = etcdctl(endpoints(), "move-leader", id);
    assertTrue(moved.contains("Leadership transferred"), moved);
    String removed = etcdctl(endpoint("n1"), "member", "remove", id("n1"));
    assertTrue(removed.contains("removed from cluster"), removed);
    ServerProcess gone = Optional.ofNullable(members.remove("n1")).orElseThrow();
    assertEquals(1, gone.exitCode());
    String errors = gone.errors();
    assertTrue(errors.contains("was removed from cluster"), errors);
    put("n2", "alone", "v");
  }
}
