package io.metastore.raft;

import static io.metastore.raft.Nodes.PEER;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.core.NodeMetrics;
import io.metastore.testkit.network.FreePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class NodeOptionsCheckTest {
  private static final URI OTHER = URI.create("http://127.0.0.1:12380");

  private String name = "n1";
  private List<URI> advertised = List.of(PEER);
  private Map<String, List<URI>> cluster = Map.of("n1", List.of(PEER));
  private Duration election = Duration.ofSeconds(1);
  private int queueMax = 1;
  private int requestBytesMax = 1;
  private InetSocketAddress listen;

  NodeOptionsCheckTest() throws IOException {
    listen = new InetSocketAddress(InetAddress.getLoopbackAddress(), FreePorts.next());
  }

  private NodeOptions options() {
    return new NodeOptions(
        name,
        Path.of("unused"),
        Nodes.provider("memory"),
        Map.of(),
        listen,
        advertised,
        List.of(),
        cluster,
        "etcd-cluster",
        Duration.ofMillis(100),
        election,
        queueMax,
        requestBytesMax,
        128,
        Duration.ofMinutes(10),
        "3.6.0",
        NodeMetrics.NONE);
  }

  private void assertRefused(String... parts) {
    StartException thrown =
        assertThrows(StartException.class, () -> NodeOptionsCheck.check(options()));
    String message = String.valueOf(thrown.getMessage());
    for (String part : parts) {
      assertTrue(message.contains(part), () -> "no \"" + part + "\" in: " + message);
    }
    assertTrue(message.matches(parts[0] + "(=\\S*)?: .*"), message);
  }

  @Test
  void theSmallestValuesPass() {
    election = Duration.ofMillis(500);
    assertDoesNotThrow(() -> NodeOptionsCheck.check(options()));
  }

  @Test
  void anEmptyNameIsRefused() {
    name = " ";
    assertRefused("name", "must not be empty");
  }

  @Test
  void limitsAreAtLeastOne() {
    queueMax = 0;
    assertRefused("proposal-queue-max", "at least 1", "is 0");
    queueMax = 1;
    requestBytesMax = -5;
    assertRefused("max-request-bytes", "at least 1", "is -5");
  }

  @Test
  void anElectionTakesAtLeastFiveHeartbeats() {
    election = Duration.ofMillis(499);
    assertRefused("election-timeout", "at least 5 times heartbeat-interval", "499 ms", "100 ms");
  }

  @Test
  void theMemberMustBeInTheCluster() {
    name = "n2";
    assertRefused("initial-cluster", "no member named n2", "[n1]");
  }

  @Test
  void theClusterMustSayWhatIsAdvertised() {
    advertised = List.of(OTHER);
    assertRefused("initial-cluster", "n1", PEER.toString(), OTHER.toString());
  }

  @Test
  void aMemberNeedsAHostAndAPort() {
    cluster = Map.of("n1", List.of(PEER), "n2", List.of(URI.create("http://elsewhere")));
    assertRefused("initial-cluster", "n2", "lacks a host or a port");
  }

  @Test
  void onlyTheOnlyMemberMayBeWithoutAPortForPeers() {
    assertDoesNotThrow(() -> NodeOptionsCheck.check(Nodes.withoutPeers(options())));
    cluster = Map.of("n1", List.of(PEER), "n2", List.of(OTHER));
    StartException refused =
        assertThrows(
            StartException.class, () -> NodeOptionsCheck.check(Nodes.withoutPeers(options())));
    assertTrue(String.valueOf(refused.getMessage()).contains("must be the only one, there are 2"));
  }

  @Test
  void aPeerPortInUseIsRefused() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      listen = new InetSocketAddress(InetAddress.getLoopbackAddress(), taken.getLocalPort());
      assertRefused("listen-peer-urls", ":" + taken.getLocalPort(), "name a free port");
    }
  }

  @Test
  void anAddressOfAnotherHostIsRefused() {
    // A network for documentation: it is nobody's.
    listen = new InetSocketAddress("192.0.2.1", 2380);
    assertRefused("listen-peer-urls", "192.0.2.1:2380");
  }

  @Test
  void theIdentityIsEtcds() {
    advertised = List.of(URI.create("http://localhost:2380"));
    cluster = Map.of("n1", advertised);
    assertEquals(
        new DataDirectory.Identity(
            0xcdf818194e3a8c32L,
            0x8e9e05c52164694dL,
            "n1",
            "memory",
            Map.of(0x8e9e05c52164694dL, "localhost:2380"),
            false),
        NodeOptionsCheck.identity(options()));
  }
}
