package io.metastore.raft;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.api.storage.StorageEngineProvider;
import io.metastore.core.message.Member;
import io.metastore.core.message.MemberListRequest;
import io.metastore.testkit.network.FreePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Several members in this JVM, over loopback sockets, with short election timeouts. Belongs to the
 * test's thread.
 */
final class TestCluster implements AutoCloseable {
  static final Duration HEARTBEAT = Duration.ofMillis(40);
  static final Duration ELECTION = Duration.ofMillis(300);

  private final Path directory;
  private final String engine;
  private final Map<String, Integer> ports = new TreeMap<>();
  private final Map<String, Node> nodes = new LinkedHashMap<>();
  private final Map<String, Figures> figures = new TreeMap<>();
  private final Duration heartbeat;
  private final Duration election;
  private ClusterOptions cluster = ClusterOptions.defaults();

  TestCluster(Path directory, String engine) {
    this(directory, engine, HEARTBEAT, ELECTION);
  }

  private TestCluster(Path directory, String engine, Duration heartbeat, Duration election) {
    this.directory = directory;
    this.engine = engine;
    this.heartbeat = heartbeat;
    this.election = election;
  }

  /** Starts a new cluster and waits until each member is ready. */
  static TestCluster start(Path directory, String engine, int members) throws Exception {
    return start(new TestCluster(directory, engine), members);
  }

  /** The same with heartbeats that are far apart. */
  static TestCluster startWithRareHeartbeats(
      Path directory, String engine, int members, Duration heartbeat) throws Exception {
    return start(new TestCluster(directory, engine, heartbeat, heartbeat.multipliedBy(5)), members);
  }

  private static TestCluster start(TestCluster cluster, int members) throws Exception {
    for (int i = 1; i <= members; i++) {
      cluster.ports.put("n" + i, FreePorts.next());
    }
    for (String name : List.copyOf(cluster.ports.keySet())) {
      cluster.start(name);
    }
    cluster.awaitReady();
    return cluster;
  }

  /** The peer URL that a new member shall have. */
  URI reserve(String name) throws IOException {
    ports.put(name, FreePorts.next());
    return peerUrl(name);
  }

  URI peerUrl(String name) {
    return URI.create("http://127.0.0.1:" + ports.get(name));
  }

  Path data(String name) {
    return directory.resolve(name);
  }

  /** Starts a member of those that are known, with the data it has. */
  Node start(String name) throws Exception {
    return start(name, Nodes.provider(engine));
  }

  /** The same with an engine of the test's own. */
  Node start(String name, StorageEngineProvider provider) throws Exception {
    Node node = Node.start(options(name, provider));
    nodes.put(name, node);
    return node;
  }

  /** Starts a member that was added. */
  Node join(String name) throws Exception {
    cluster = new ClusterOptions(true, true, false, true, 1);
    try {
      return start(name);
    } finally {
      cluster = ClusterOptions.defaults();
    }
  }

  private NodeOptions options(String name, StorageEngineProvider provider) {
    Map<String, List<URI>> all = new TreeMap<>();
    ports.keySet().forEach(member -> all.put(member, List.of(peerUrl(member))));
    return new NodeOptions(
        name,
        data(name),
        provider,
        Map.of(),
        Optional.of(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), peerUrl(name).getPort())),
        List.of(peerUrl(name)),
        List.of(URI.create("http://client-of-" + name + ":2379")),
        all,
        "test",
        heartbeat,
        election,
        1000,
        1 << 20,
        128,
        Duration.ofMinutes(10),
        false,
        "3.6.0",
        figures(name),
        UpkeepOptions.none(),
        cluster);
  }

  /** What a member has told since it was first started. */
  Figures figures(String name) {
    return figures.computeIfAbsent(name, unused -> new Figures());
  }

  Node node(String name) {
    return Optional.ofNullable(nodes.get(name)).orElseThrow();
  }

  List<Node> nodes() {
    return new ArrayList<>(nodes.values());
  }

  /** Forgets a member, which is stopped or stops by itself. */
  void forget(String name) {
    nodes.remove(name);
    ports.remove(name);
  }

  void stop(String name) {
    Optional.ofNullable(nodes.remove(name)).ifPresent(Node::close);
  }

  void awaitReady() throws Exception {
    for (Node node : nodes.values()) {
      assertTrue(node.awaitReady(Nodes.TIMEOUT), "not ready");
    }
  }

  /** The name of the leader that all running members agree on, waiting for it. */
  String leader() throws Exception {
    until("one leader", () -> agreedLeader().isPresent());
    return agreedLeader().orElseThrow();
  }

  private Optional<String> agreedLeader() {
    List<Long> ids = nodes.values().stream().map(n -> n.consensus().leaderId()).distinct().toList();
    return ids.size() == 1
        ? nodes.entrySet().stream()
            .filter(node -> node.getValue().consensus().memberId() == ids.getFirst())
            .map(Map.Entry::getKey)
            .findFirst()
        : Optional.empty();
  }

  /** The name of some running member that does not lead. */
  String follower() throws Exception {
    String leader = leader();
    return nodes.keySet().stream().filter(name -> !name.equals(leader)).findFirst().orElseThrow();
  }

  static List<Member> members(Node node) throws Exception {
    return Nodes.get(
            node.cluster()
                .memberList(
                    MemberListRequest.newBuilder().setLinearizable(true).build(), Nodes.TIMEOUT))
        .getMembersList();
  }

  /** Waits until every running member's name and client URLs are known. */
  void awaitPublished() throws Exception {
    Node asked = nodes.values().iterator().next();
    long deadline = System.nanoTime() + Nodes.TIMEOUT.toNanos();
    while (members(asked).stream().anyMatch(member -> member.getClientURLsCount() == 0)) {
      assertTrue(System.nanoTime() < deadline, "not all members are published");
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  /** Waits for a condition. */
  static void until(String what, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + Nodes.TIMEOUT.toNanos();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, () -> "not within " + Nodes.TIMEOUT + ": " + what);
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  @Override
  public void close() {
    // Together: the last ones have no quorum, and wait for what they have under way.
    nodes().stream()
        .map(node -> Thread.ofPlatform().start(() -> closeQuietly(node)))
        .toList()
        .forEach(TestCluster::join);
  }

  private static void join(Thread thread) {
    try {
      boolean unused = thread.join(Nodes.TIMEOUT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void closeQuietly(Node node) {
    try {
      node.close();
    } catch (IllegalStateException e) {
      // A test that wants to know closes by itself.
    }
  }
}
