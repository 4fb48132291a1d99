package io.metastore.app.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.metastore.api.ErrorCode;
import io.metastore.app.TestServer;
import io.metastore.app.grpc.stub.LeaseGrpc;
import io.metastore.core.message.LeaseGrantRequest;
import io.metastore.core.message.LeaseKeepAliveRequest;
import io.metastore.core.message.LeaseKeepAliveResponse;
import io.metastore.core.message.LeaseLeasesRequest;
import io.metastore.core.message.LeaseRevokeRequest;
import io.metastore.core.message.LeaseTimeToLiveRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The lease service over real gRPC; the store behind it answers with the id as the TTL. */
final class LeaseServiceTest {
  private TestServer server;

  @BeforeEach
  void start() throws Exception {
    server = new TestServer();
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  /** One stream of keep-alives, as a client sees it. */
  private final class KeepAlives implements StreamObserver<LeaseKeepAliveResponse> {
    private final BlockingQueue<LeaseKeepAliveResponse> answers = new LinkedBlockingQueue<>();
    private final CompletableFuture<Void> end = new CompletableFuture<>();
    private final StreamObserver<LeaseKeepAliveRequest> requests;

    KeepAlives() {
      this(LeaseGrpc.newStub(server.channel()));
    }

    KeepAlives(LeaseGrpc.LeaseStub stub) {
      requests = stub.leaseKeepAlive(this);
    }

    @Override
    public void onNext(LeaseKeepAliveResponse answer) {
      answers.add(answer);
    }

    @Override
    public void onError(Throwable cause) {
      end.completeExceptionally(cause);
    }

    @Override
    public void onCompleted() {
      end.complete(null);
    }

    void send(long id) {
      requests.onNext(LeaseKeepAliveRequest.newBuilder().setID(id).build());
    }

    long nextTtl() throws InterruptedException {
      LeaseKeepAliveResponse answer = answers.poll(10, TimeUnit.SECONDS);
      assertNotNull(answer, "no answer");
      assertTrue(answer.getHeader().getClusterId() != 0);
      assertEquals(answer.getID(), answer.getTTL());
      return answer.getTTL();
    }
  }

  @Test
  void unaryCallsReachTheStore() {
    LeaseGrpc.LeaseBlockingStub lease = LeaseGrpc.newBlockingStub(server.channel());
    assertEquals(
        5, lease.leaseGrant(LeaseGrantRequest.newBuilder().setID(7).setTTL(5).build()).getTTL());
    assertEquals(
        -1, lease.leaseTimeToLive(LeaseTimeToLiveRequest.newBuilder().setID(7).build()).getTTL());
    assertEquals(0, lease.leaseLeases(LeaseLeasesRequest.getDefaultInstance()).getLeasesCount());
    server.node().store().failWith(ErrorCode.LEASE_NOT_FOUND);
    StatusRuntimeException refused =
        assertThrows(
            StatusRuntimeException.class,
            () -> lease.leaseRevoke(LeaseRevokeRequest.newBuilder().setID(7).build()));
    assertEquals(Status.Code.NOT_FOUND, refused.getStatus().getCode());
    assertEquals("etcdserver: requested lease not found", refused.getStatus().getDescription());
  }

  @Test
  @DisplayName("58: a stream of keep-alives answers each, in their order, until the client ends it")
  void keepAlivesAreAnsweredInTheirOrder() throws Exception {
    KeepAlives stream = new KeepAlives();
    List<Long> sent = new ArrayList<>();
    for (long id = 1; id <= 200; id++) {
      stream.send(id);
      sent.add(id);
    }
    List<Long> answered = new ArrayList<>();
    for (int i = 0; i < sent.size(); i++) {
      answered.add(stream.nextTtl());
    }
    assertEquals(sent, answered);
    stream.requests.onCompleted();
    stream.end.get(10, TimeUnit.SECONDS);
  }

  @Test
  @DisplayName("54: with hasleader, keep-alives end when the leader is lost; without, they go on")
  void streamThatDemandsALeaderEndsWithoutOne() throws Exception {
    Metadata headers = new Metadata();
    headers.put(Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER), "true");
    KeepAlives demanding =
        new KeepAlives(
            LeaseGrpc.newStub(server.channel())
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers)));
    KeepAlives other = new KeepAlives();
    demanding.send(1);
    assertEquals(1, demanding.nextTtl());
    server.node().loseLeader();
    ExecutionException ended =
        assertThrows(ExecutionException.class, () -> demanding.end.get(10, TimeUnit.SECONDS));
    assertEquals(
        "UNAVAILABLE: etcdserver: no leader",
        Optional.ofNullable(ended.getCause()).orElseThrow().getMessage());
    other.send(2);
    assertEquals(2, other.nextTtl());
  }

  @Test
  void streamThatIsHalfClosedGetsItsLastAnswer() throws Exception {
    server.node().store().hold();
    KeepAlives stream = new KeepAlives();
    stream.send(3);
    stream.requests.onCompleted();
    await(() -> server.node().store().held() == 1);
    server.node().store().release();
    assertEquals(3, stream.nextTtl());
    stream.end.get(10, TimeUnit.SECONDS);
  }

  @Test
  void slowAnswerHoldsBackOnlyItsStream() throws Exception {
    KeepAlives slow = new KeepAlives();
    server.node().store().hold();
    slow.send(1);
    await(() -> server.node().store().held() == 1);
    slow.send(2);
    KeepAlives other = new KeepAlives();
    other.send(5);
    await(() -> server.node().store().held() == 2);
    server.node().store().release();
    assertEquals(5, other.nextTtl());
    assertEquals(1, slow.nextTtl());
    assertEquals(2, slow.nextTtl());
  }

  @Test
  void failureEndsTheStreamWithItsStatus() throws Exception {
    KeepAlives stream = new KeepAlives();
    stream.send(1);
    assertEquals(1, stream.nextTtl());
    server.node().store().failWith(ErrorCode.TIMEOUT);
    stream.send(2);
    ExecutionException end =
        assertThrows(ExecutionException.class, () -> stream.end.get(10, TimeUnit.SECONDS));
    Status status = Status.fromThrowable(end);
    assertEquals(Status.Code.UNAVAILABLE, status.getCode());
    assertEquals("etcdserver: request timed out", status.getDescription());
  }

  @Test
  void serverThatStopsEndsTheStream() throws Exception {
    KeepAlives stream = new KeepAlives();
    stream.send(1);
    assertEquals(1, stream.nextTtl());
    server.server().close();
    ExecutionException end =
        assertThrows(ExecutionException.class, () -> stream.end.get(10, TimeUnit.SECONDS));
    assertEquals("etcdserver: server stopped", Status.fromThrowable(end).getDescription());
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, "does not come about");
      Thread.sleep(5);
    }
  }
}
