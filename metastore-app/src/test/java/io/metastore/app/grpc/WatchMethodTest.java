package io.metastore.app.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.MetadataUtils;
import io.metastore.app.TestServer;
import io.metastore.app.grpc.stub.WatchGrpc;
import io.metastore.core.message.WatchCreateRequest;
import io.metastore.core.message.WatchRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The method over a store that only says "created"; {@link WatchOverNodeTest} has a real one. */
final class WatchMethodTest {
  static final WatchRequest WATCH =
      WatchRequest.newBuilder()
          .setCreateRequest(WatchCreateRequest.newBuilder().setKey(ByteString.copyFromUtf8("k")))
          .build();

  private TestServer server;
  private ManagedChannel channel;

  @BeforeEach
  void start() throws Exception {
    server = new TestServer();
    channel = server.channel();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private WatchGrpc.WatchStub demandingLeader() {
    Metadata headers = new Metadata();
    headers.put(Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER), "true");
    return WatchGrpc.newStub(channel)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  @Test
  void everyRequestIsAnswered() throws Exception {
    try (WatchClient client = WatchClient.open(WatchGrpc.newStub(channel))) {
      for (int i = 0; i < 1000; i++) {
        client.send(WATCH);
      }
      for (int i = 0; i < 1000; i++) {
        assertTrue(client.next().getCreated());
      }
    }
  }

  @Test
  void aClientThatGoesIsForgotten() throws Exception {
    WatchClient client = WatchClient.open(WatchGrpc.newStub(channel));
    client.send(WATCH);
    assertTrue(client.next().getCreated());
    client.close();
    WatchClient.await(() -> server.node().store().streams().element().isClosed());
  }

  @Test
  void aClientThatEndsItsSideGoesOnReceiving() throws Exception {
    try (WatchClient client = WatchClient.open(WatchGrpc.newStub(channel))) {
      client.send(WATCH);
      client.halfClose();
      assertTrue(client.next().getCreated());
      assertTrue(client.status().isEmpty());
    }
  }

  @Test
  @DisplayName("54: with hasleader, a stream without a leader is refused at once")
  void streamWithoutALeaderIsRefused() throws Exception {
    server.node().loseLeader();
    try (WatchClient client = WatchClient.open(demandingLeader())) {
      Status status = client.awaitStatus();
      assertEquals(Status.Code.UNAVAILABLE, status.getCode());
      assertEquals("etcdserver: no leader", status.getDescription());
    }
  }

  @Test
  @DisplayName("54: with hasleader, a stream ends when the leader is lost; without, it goes on")
  void streamEndsWhenTheLeaderIsLost() throws Exception {
    try (WatchClient demanding = WatchClient.open(demandingLeader());
        WatchClient other = WatchClient.open(WatchGrpc.newStub(channel))) {
      demanding.send(WATCH);
      assertTrue(demanding.next().getCreated());
      server.node().loseLeader();
      Status status = demanding.awaitStatus();
      assertEquals(Status.Code.UNAVAILABLE, status.getCode());
      assertEquals("etcdserver: no leader", status.getDescription());
      other.send(WATCH);
      assertTrue(other.next().getCreated());
    }
  }

  @Test
  void streamsEndWhenTheServerStops() throws Exception {
    try (WatchClient client = WatchClient.open(WatchGrpc.newStub(channel))) {
      client.send(WATCH);
      assertTrue(client.next().getCreated());
      server.server().close();
      Status status = client.awaitStatus();
      assertEquals(Status.Code.UNAVAILABLE, status.getCode());
      assertEquals("etcdserver: server stopped", status.getDescription());
    }
  }
}
