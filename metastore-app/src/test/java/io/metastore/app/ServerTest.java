package io.metastore.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import io.metastore.app.config.ServerConfig;
import io.metastore.app.grpc.stub.KVGrpc;
import io.metastore.core.message.PutRequest;
import io.metastore.core.message.PutResponse;
import io.metastore.raft.StartException;
import io.metastore.testkit.network.FreePorts;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

final class ServerTest {
  private static final PutRequest PUT =
      PutRequest.newBuilder().setKey(ByteString.copyFromUtf8("k")).build();

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, "not within 5 s");
      Thread.sleep(5);
    }
  }

  @Test
  void portInUseIsRefusedBeforeTheNodeStarts() throws Exception {
    try (ServerSocket taken = new ServerSocket()) {
      taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      int port = taken.getLocalPort();
      ServerConfig config = TestServer.config(port, FreePorts.next());
      AtomicBoolean started = new AtomicBoolean();
      StartException refusal =
          assertThrows(
              StartException.class,
              () ->
                  Server.start(
                      config,
                      new FakeEngine("fake"),
                      options -> {
                        started.set(true);
                        return new FakeNode();
                      }));
      assertEquals(
          "--listen-client-urls=http://127.0.0.1:"
              + port
              + ": the address is in use; stop what listens there, or choose another port",
          refusal.getMessage());
      assertFalse(started.get());
    }
  }

  /** Names that the configuration cannot know to be one address. */
  @Test
  void addressesThatCollideAreRefusedBeforeTheNodeStarts() throws Exception {
    int port = FreePorts.next();
    ServerConfig config =
        ServerConfig.of(
            Map.of(
                "listen-client-urls", List.of("http://127.0.0.1:" + port),
                "listen-peer-urls", List.of("http://localhost:" + port)),
            Map.of());
    AtomicBoolean started = new AtomicBoolean();
    StartException refusal =
        assertThrows(
            StartException.class,
            () ->
                Server.start(
                    config,
                    new FakeEngine("fake"),
                    options -> {
                      started.set(true);
                      return new FakeNode();
                    }));
    assertEquals(
        "--listen-peer-urls=http://localhost:%d: is also an address of --listen-client-urls=http://127.0.0.1:%d; each needs a port of its own"
            .formatted(port, port),
        refusal.getMessage());
    assertFalse(started.get());
  }

  @Test
  void callUnderWayIsAnsweredBeforeTheNodeCloses() throws Exception {
    try (TestServer server = new TestServer()) {
      FakeNode node = server.node();
      node.store().hold();
      ListenableFuture<PutResponse> put = KVGrpc.newFutureStub(server.channel()).put(PUT);
      await(() -> node.store().held() == 1);
      Thread closing = Thread.ofVirtual().start(server.server()::close);
      await(() -> refusesConnections(server));
      assertEquals(0, node.closes());
      node.store().release();
      assertEquals(2, put.get(5, TimeUnit.SECONDS).getHeader().getRevision());
      assertTrue(closing.join(Duration.ofSeconds(5)));
      assertEquals(1, node.closes());
    }
  }

  private static boolean refusesConnections(TestServer server) {
    try (Socket socket = server.socket()) {
      return !socket.isConnected();
    } catch (java.io.IOException refused) {
      return true;
    }
  }

  @Test
  void callThatNeverEndsDoesNotHoldTheStopUp() throws Exception {
    try (TestServer server = new TestServer()) {
      server.node().store().hold();
      ListenableFuture<PutResponse> put = KVGrpc.newFutureStub(server.channel()).put(PUT);
      await(() -> server.node().store().held() == 1);
      assertTimeoutPreemptively(Duration.ofSeconds(5), server.server()::close);
      assertThrows(ExecutionException.class, () -> put.get(5, TimeUnit.SECONDS));
    }
  }

  @Test
  void idleHttpConnectionDoesNotHoldTheStopUp() throws Exception {
    try (TestServer server = new TestServer();
        Socket idle = server.socket()) {
      assertEquals(200, server.http("GET", "/version").status());
      idle.getOutputStream().write('G');
      assertTimeoutPreemptively(Duration.ofSeconds(3), server.server()::close);
      assertEquals(-1, idle.getInputStream().read());
    }
  }

  @Test
  void closeFromManyThreadsClosesTheNodeOnce() throws Exception {
    try (TestServer server = new TestServer()) {
      Thread[] threads = new Thread[8];
      for (int i = 0; i < threads.length; i++) {
        threads[i] = Thread.ofVirtual().start(server.server()::close);
      }
      for (Thread thread : threads) {
        assertTrue(thread.join(Duration.ofSeconds(5)));
      }
      assertEquals(1, server.node().closes());
      server.server().terminated().get(1, TimeUnit.SECONDS);
    }
  }

  @Test
  void nodesFailureEndsTheServer() throws Exception {
    try (TestServer server = new TestServer()) {
      server.node().fail(new IllegalStateException("disk is gone"));
      ExecutionException e =
          assertThrows(
              ExecutionException.class,
              () -> server.server().terminated().get(5, TimeUnit.SECONDS));
      assertTrue(String.valueOf(e.getMessage()).contains("disk is gone"), e.toString());
    }
  }
}
