package io.metastore.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.metastore.api.storage.StorageEngineProvider;
import io.metastore.core.NodeMetrics;
import io.metastore.core.message.DeleteRangeRequest;
import io.metastore.core.message.PutRequest;
import io.metastore.core.message.RangeRequest;
import io.metastore.core.message.RangeResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A whole node, in this process, on real engines and over a real log. */
final class RaftNodeTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"memory"})
  void whatWasAcknowledgedIsThereAfterARestart(String engine) throws Exception {
    NodeOptions options = options(engine, freePort());
    long revision;
    try (Node node = Node.start(options)) {
      assertTrue(node.awaitReady(TIMEOUT));
      for (int i = 0; i < 100; i++) {
        revision = put(node, "k" + i, "v" + i);
        assertEquals(i + 2, revision);
      }
      delete(node, "k5");
      assertEquals(99, all(node).getCount());
    }
    try (Node node = Node.start(options)) {
      assertTrue(node.awaitReady(TIMEOUT));
      RangeResponse all = all(node);
      assertEquals(99, all.getCount());
      assertEquals(102, all.getHeader().getRevision());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"memory"})
  void aDirectoryInUseIsRefused(String engine) throws Exception {
    try (Node node = Node.start(options(engine, freePort()))) {
      assertTrue(node.awaitReady(TIMEOUT));
      StartException refused =
          assertThrows(StartException.class, () -> Node.start(options(engine, freePort())));
      assertTrue(refused.toString().contains("in use"), refused.toString());
    }
  }

  private NodeOptions options(String engine, int port) {
    URI peer = URI.create("http://127.0.0.1:2380");
    return new NodeOptions(
        "n1",
        directory.resolve("data"),
        provider(engine),
        Map.of(),
        new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
        List.of(peer),
        List.of(URI.create("http://127.0.0.1:2379")),
        Map.of("n1", List.of(peer)),
        "test",
        Duration.ofMillis(100),
        Duration.ofMillis(1000),
        1000,
        1 << 20,
        128,
        Duration.ofMinutes(10),
        "3.6.0",
        NodeMetrics.NONE);
  }

  static {
    // The module itself is handed its engine: only this test looks one up.
    RaftNodeTest.class.getModule().addUses(StorageEngineProvider.class);
  }

  private static StorageEngineProvider provider(String name) {
    return ServiceLoader.load(StorageEngineProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(provider -> provider.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static long put(Node node, String key, String value) throws Exception {
    return node.store()
        .put(
            PutRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8(key))
                .setValue(ByteString.copyFromUtf8(value))
                .build(),
            TIMEOUT)
        .get(TIMEOUT.toSeconds(), TimeUnit.SECONDS)
        .getHeader()
        .getRevision();
  }

  private static void delete(Node node, String key) throws Exception {
    assertEquals(
        1,
        node.store()
            .deleteRange(
                DeleteRangeRequest.newBuilder().setKey(ByteString.copyFromUtf8(key)).build(),
                TIMEOUT)
            .get(TIMEOUT.toSeconds(), TimeUnit.SECONDS)
            .getDeleted());
  }

  private static RangeResponse all(Node node) throws Exception {
    ByteString everything = ByteString.copyFrom(new byte[] {0});
    return node.store()
        .range(
            RangeRequest.newBuilder().setKey(everything).setRangeEnd(everything).build(), TIMEOUT)
        .get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
  }
}
