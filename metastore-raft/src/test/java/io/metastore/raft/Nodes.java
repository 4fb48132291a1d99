package io.metastore.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.metastore.api.storage.StorageEngineProvider;
import io.metastore.core.NodeMetrics;
import io.metastore.core.message.DeleteRangeRequest;
import io.metastore.core.message.PutRequest;
import io.metastore.core.message.PutResponse;
import io.metastore.core.message.RangeRequest;
import io.metastore.core.message.RangeResponse;
import io.metastore.testkit.network.FreePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** How tests start whole nodes of one member and talk to them. */
final class Nodes {
  static final Duration TIMEOUT = Duration.ofSeconds(60);
  static final URI PEER = URI.create("http://127.0.0.1:2380");

  static {
    // The module itself is handed its engine: only tests look one up.
    Nodes.class.getModule().addUses(StorageEngineProvider.class);
  }

  private Nodes() {}

  static StorageEngineProvider provider(String name) {
    return ServiceLoader.load(StorageEngineProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(provider -> provider.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  static NodeOptions options(Path directory, String engine) throws IOException {
    return options(directory, provider(engine), FreePorts.next());
  }

  static NodeOptions options(Path directory, StorageEngineProvider provider, int port) {
    return new NodeOptions(
        "n1",
        directory,
        provider,
        Map.of(),
        new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
        List.of(PEER),
        List.of(URI.create("http://127.0.0.1:2379")),
        Map.of("n1", List.of(PEER)),
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

  /** The same without a network between members. */
  static NodeOptions withoutPeers(NodeOptions options) {
    return with(options, Optional.empty(), options.upkeep());
  }

  /** The same with other upkeep. */
  static NodeOptions withUpkeep(NodeOptions options, UpkeepOptions upkeep) {
    return with(options, options.peerListen(), upkeep);
  }

  private static NodeOptions with(
      NodeOptions options, Optional<InetSocketAddress> peerListen, UpkeepOptions upkeep) {
    return new NodeOptions(
        options.name(),
        options.dataDirectory(),
        options.storage(),
        options.storageSettings(),
        peerListen,
        options.advertisePeerUrls(),
        options.advertiseClientUrls(),
        options.initialCluster(),
        options.clusterToken(),
        options.heartbeatInterval(),
        options.electionTimeout(),
        options.proposalQueueMax(),
        options.requestBytesMax(),
        options.txnOpsMax(),
        options.watchProgressInterval(),
        options.leaseCheckpoints(),
        options.serverVersion(),
        options.metrics(),
        upkeep,
        options.cluster());
  }

  static Node startReady(NodeOptions options) throws Exception {
    Node node = Node.start(options);
    assertTrue(node.awaitReady(TIMEOUT), "not ready within " + TIMEOUT);
    return node;
  }

  static CompletableFuture<PutResponse> putAsync(Node node, String key, String value) {
    return node.store()
        .put(
            PutRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8(key))
                .setValue(ByteString.copyFromUtf8(value))
                .build(),
            TIMEOUT);
  }

  /** Puts and returns the revision. */
  static long put(Node node, String key, String value) throws Exception {
    return get(putAsync(node, key, value)).getHeader().getRevision();
  }

  static void delete(Node node, String key) throws Exception {
    assertEquals(
        1,
        get(node.store()
                .deleteRange(
                    DeleteRangeRequest.newBuilder().setKey(ByteString.copyFromUtf8(key)).build(),
                    TIMEOUT))
            .getDeleted());
  }

  static RangeResponse all(Node node) throws Exception {
    ByteString everything = ByteString.copyFrom(new byte[] {0});
    return get(
        node.store()
            .range(
                RangeRequest.newBuilder().setKey(everything).setRangeEnd(everything).build(),
                TIMEOUT));
  }

  static List<String> keys(Node node) throws Exception {
    return all(node).getKvsList().stream().map(kv -> kv.getKey().toStringUtf8()).toList();
  }

  static <T> T get(CompletableFuture<T> future) throws Exception {
    return future.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
  }
}
