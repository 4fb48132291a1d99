package io.metastore.app.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.MetadataUtils;
import io.metastore.api.ErrorCode;
import io.metastore.app.TestServer;
import io.metastore.app.Versions;
import io.metastore.app.grpc.stub.KVGrpc;
import io.metastore.app.grpc.stub.MaintenanceGrpc;
import io.metastore.core.message.CompactionRequest;
import io.metastore.core.message.DeleteRangeRequest;
import io.metastore.core.message.PutRequest;
import io.metastore.core.message.RangeRequest;
import io.metastore.core.message.StatusRequest;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

final class EtcdServicesTest {
  private static final ByteString KEY = ByteString.copyFromUtf8("k");
  private static final PutRequest PUT =
      PutRequest.newBuilder().setKey(KEY).setValue(ByteString.copyFromUtf8("v")).build();
  private static final RangeRequest RANGE = RangeRequest.newBuilder().setKey(KEY).build();

  private TestServer server;
  private KVGrpc.KVBlockingStub kv;

  @BeforeEach
  void start() throws Exception {
    server = new TestServer();
    kv = KVGrpc.newBlockingStub(server.channel());
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  private static Status refusal(Executable call) {
    return assertThrows(StatusRuntimeException.class, call).getStatus();
  }

  @Test
  void keysArePutReadAndDeleted() {
    assertEquals(2, kv.put(PUT).getHeader().getRevision());
    assertEquals("v", kv.range(RANGE).getKvs(0).getValue().toStringUtf8());
    assertEquals(
        1, kv.deleteRange(DeleteRangeRequest.newBuilder().setKey(KEY).build()).getDeleted());
    assertEquals(0, kv.range(RANGE).getKvsCount());
  }

  @Test
  void everyErrorHasEtcdsStatusAndText() {
    for (ErrorCode code : ErrorCode.values()) {
      server.node().store().failWith(code);
      Status status = refusal(() -> kv.put(PUT));
      assertEquals(code.status().value(), status.getCode().value(), code.name());
      assertEquals(code.text(), status.getDescription());
    }
  }

  @Test
  void unexpectedFailureIsInternalAndTellsNothing() {
    server.node().store().failWith(new IllegalStateException("secret"));
    Status status = refusal(() -> kv.put(PUT));
    assertEquals(Status.Code.INTERNAL, status.getCode());
    assertEquals("internal error, see the server's log", status.getDescription());
  }

  @Test
  void whatIsNotBuiltIsUnimplemented() {
    assertEquals(
        Status.Code.UNIMPLEMENTED,
        refusal(() -> kv.compact(CompactionRequest.getDefaultInstance())).getCode());
  }

  @Test
  void requestAboveTheReceiveLimitIsRefusedByGrpc() {
    PutRequest large =
        PUT.toBuilder().setValue(ByteString.copyFrom(new byte[4096 + 512 * 1024])).build();
    assertEquals(Status.Code.RESOURCE_EXHAUSTED, refusal(() -> kv.put(large)).getCode());
  }

  @Test
  void storeIsGivenTheShorterOfDeadlineAndTimeout() {
    kv.put(PUT);
    assertEquals(Duration.ofSeconds(7), server.node().store().lastTimeout());
    kv.withDeadlineAfter(2, TimeUnit.SECONDS).put(PUT);
    Duration given = server.node().store().lastTimeout();
    assertTrue(given.compareTo(Duration.ofSeconds(2)) <= 0 && given.isPositive(), given.toString());
    kv.withDeadlineAfter(1, TimeUnit.MINUTES).put(PUT);
    assertEquals(Duration.ofSeconds(7), server.node().store().lastTimeout());
  }

  @Test
  void clientThatDemandsALeaderIsRefusedWithoutOne() {
    Metadata headers = new Metadata();
    headers.put(Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER), "true");
    KVGrpc.KVBlockingStub demanding =
        kv.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
    assertEquals(2, demanding.put(PUT).getHeader().getRevision());
    server.node().loseLeader();
    Status status = refusal(() -> demanding.put(PUT));
    assertEquals(Status.Code.UNAVAILABLE, status.getCode());
    assertEquals("etcdserver: no leader", status.getDescription());
    assertEquals(3, kv.put(PUT).getHeader().getRevision());
  }

  @Test
  void statusTellsTheVersion() {
    assertEquals(
        Versions.ETCD_SERVER,
        MaintenanceGrpc.newBlockingStub(server.channel())
            .status(StatusRequest.getDefaultInstance())
            .getVersion());
  }

  @Test
  void healthServiceIsServing() {
    assertEquals(
        ServingStatus.SERVING,
        HealthGrpc.newBlockingStub(server.channel())
            .check(HealthCheckRequest.getDefaultInstance())
            .getStatus());
  }
}
