package io.metastore.app.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.metastore.app.Server;
import io.metastore.app.StorageEngines;
import io.metastore.app.config.ServerConfig;
import io.metastore.app.grpc.stub.KVGrpc;
import io.metastore.app.grpc.stub.WatchGrpc;
import io.metastore.core.message.Event;
import io.metastore.core.message.PutRequest;
import io.metastore.core.message.WatchCreateRequest;
import io.metastore.core.message.WatchProgressRequest;
import io.metastore.core.message.WatchRequest;
import io.metastore.core.message.WatchResponse;
import io.metastore.raft.Node;
import io.metastore.testkit.network.FreePorts;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Watches through gRPC, Raft and a storage engine. */
final class WatchOverNodeTest {
  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"memory", "rocksdb"})
  void historyLiveEventsProgressAndTheEnd(String engine) throws Exception {
    int port = FreePorts.next();
    ServerConfig config =
        ServerConfig.of(
            Map.of(
                "listen-client-urls", List.of("http://127.0.0.1:" + port),
                "listen-peer-urls", List.of("http://127.0.0.1:" + FreePorts.next()),
                "data-dir", List.of(directory.resolve(engine).toString()),
                "storage", List.of(engine)),
            Map.of());
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    Server server =
        Server.start(
            config,
            StorageEngines.installed(Optional.empty(), "plugins-dir").named(engine, "storage"),
            Node::start);
    try (WatchClient client = WatchClient.open(WatchGrpc.newStub(channel))) {
      KVGrpc.KVBlockingStub kv = KVGrpc.newBlockingStub(channel).withWaitForReady();
      put(kv, "a", "1");
      put(kv, "a", "2");
      client.send(
          WatchRequest.newBuilder()
              .setCreateRequest(
                  WatchCreateRequest.newBuilder()
                      .setKey(ByteString.copyFromUtf8("a"))
                      .setPrevKv(true)
                      .setStartRevision(3))
              .build());
      WatchResponse created = client.next();
      assertTrue(created.getCreated());
      assertEquals(3, created.getHeader().getRevision());
      assertTrue(created.getHeader().getClusterId() != 0);
      Event past = client.next().getEvents(0);
      assertEquals("2", past.getKv().getValue().toStringUtf8());
      assertEquals("1", past.getPrevKv().getValue().toStringUtf8());
      put(kv, "a", "3");
      Event live = client.next().getEvents(0);
      assertEquals(4, live.getKv().getModRevision());
      assertEquals(past.getKv(), live.getPrevKv());
      client.send(
          WatchRequest.newBuilder()
              .setProgressRequest(WatchProgressRequest.getDefaultInstance())
              .build());
      WatchResponse progress = client.next();
      assertEquals(-1, progress.getWatchId());
      assertEquals(4, progress.getHeader().getRevision());
      server.close();
      assertEquals(Status.Code.UNAVAILABLE, client.awaitStatus().getCode());
    } finally {
      channel.shutdownNow();
      server.close();
    }
  }

  private static void put(KVGrpc.KVBlockingStub kv, String key, String value) {
    var unused =
        kv.put(
            PutRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8(key))
                .setValue(ByteString.copyFromUtf8(value))
                .build());
  }
}
