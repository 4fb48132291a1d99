package io.metastore.app.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.metastore.api.ErrorCode;
import io.metastore.app.TestServer;
import io.metastore.app.Versions;
import io.metastore.app.grpc.stub.KVGrpc;
import io.metastore.app.grpc.stub.LeaseGrpc;
import io.metastore.app.grpc.stub.MaintenanceGrpc;
import io.metastore.app.grpc.stub.WatchGrpc;
import io.metastore.core.Nesting;
import io.metastore.core.message.AlarmRequest;
import io.metastore.core.message.AlarmType;
import io.metastore.core.message.CompactionRequest;
import io.metastore.core.message.DefragmentRequest;
import io.metastore.core.message.DeleteRangeRequest;
import io.metastore.core.message.HashKVRequest;
import io.metastore.core.message.HashRequest;
import io.metastore.core.message.PutRequest;
import io.metastore.core.message.RangeRequest;
import io.metastore.core.message.RangeStreamResponse;
import io.metastore.core.message.RequestOp;
import io.metastore.core.message.SnapshotRequest;
import io.metastore.core.message.StatusRequest;
import io.metastore.core.message.TxnRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
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

  /** Sends bytes as the request of a method. */
  private Status refusal(MethodDescriptor<?, ?> method, byte[] request) {
    MethodDescriptor<byte[], byte[]> raw =
        MethodDescriptor.<byte[], byte[]>newBuilder()
            .setType(method.getType())
            .setFullMethodName(method.getFullMethodName())
            .setRequestMarshaller(Raw.BYTES)
            .setResponseMarshaller(Raw.BYTES)
            .build();
    return refusal(
        () ->
            ClientCalls.blockingServerStreamingCall(
                    server.channel(), raw, CallOptions.DEFAULT, request)
                .next());
  }

  @Test
  void whatIsNoRequestIsRefusedByEveryKindOfMethod() {
    byte[] noMessage = {(byte) 0xFF, (byte) 0xFF};
    for (MethodDescriptor<?, ?> method :
        List.of(
            KVGrpc.getPutMethod(),
            KVGrpc.getRangeStreamMethod(),
            LeaseGrpc.getLeaseKeepAliveMethod(),
            WatchGrpc.getWatchMethod())) {
      Status status = refusal(method, noMessage);
      assertEquals(Status.Code.INTERNAL, status.getCode(), method.getFullMethodName());
      assertTrue(
          String.valueOf(status.getDescription()).startsWith("grpc: error unmarshalling request: "),
          status.toString());
    }
  }

  private static TxnRequest txns(int count) {
    TxnRequest.Builder txn = TxnRequest.newBuilder();
    for (int i = 1; i < count; i++) {
      txn = TxnRequest.newBuilder().addSuccess(RequestOp.newBuilder().setRequestTxn(txn).build());
    }
    return txn.build();
  }

  @Test
  @DisplayName("10: as many transactions in one another as operations are allowed are read")
  void transactionsInOneAnotherAreRead() {
    for (int count : new int[] {50, 51, 100, 129, Nesting.TXNS_MAX}) {
      assertTrue(kv.txn(txns(count)).hasHeader(), count + " in one another");
    }
    assertEquals(
        RequestMarshaller.REFUSAL.getDescription(),
        refusal(() -> kv.txn(txns(Nesting.TXNS_MAX + 2))).getDescription());
  }

  @Test
  void whatIsNotBuiltIsUnimplemented() {
    MaintenanceGrpc.MaintenanceBlockingStub maintenance =
        MaintenanceGrpc.newBlockingStub(server.channel());
    assertEquals(
        Status.Code.UNIMPLEMENTED,
        refusal(() -> maintenance.snapshot(SnapshotRequest.getDefaultInstance()).next()).getCode());
  }

  @Test
  @DisplayName("35, 83, 84: compaction, alarms, hashes and defragmentation are answered")
  void maintenanceIsAnswered() {
    MaintenanceGrpc.MaintenanceBlockingStub maintenance =
        MaintenanceGrpc.newBlockingStub(server.channel());
    server.node().store().raise(AlarmType.NOSPACE);
    assertEquals(
        AlarmType.NOSPACE,
        maintenance.alarm(AlarmRequest.getDefaultInstance()).getAlarms(0).getAlarm());
    assertEquals(7, maintenance.hashKV(HashKVRequest.getDefaultInstance()).getHash());
    assertEquals(9, maintenance.hash(HashRequest.getDefaultInstance()).getHash());
    assertFalse(maintenance.defragment(DefragmentRequest.getDefaultInstance()).hasHeader());
    assertTrue(kv.compact(CompactionRequest.getDefaultInstance()).hasHeader());
  }

  @Test
  @DisplayName("29: a range comes in pieces and ends after the one with the header")
  void rangesAreStreamed() {
    kv.put(PUT);
    List<RangeStreamResponse> pieces = new ArrayList<>();
    kv.rangeStream(RANGE).forEachRemaining(pieces::add);
    assertEquals(2, pieces.size());
    assertEquals(1, pieces.get(0).getRangeResponse().getKvsCount());
    assertFalse(pieces.get(0).getRangeResponse().hasHeader());
    assertTrue(pieces.get(1).getRangeResponse().hasHeader());
    server.node().store().failWith(ErrorCode.COMPACTED);
    assertEquals(Status.Code.OUT_OF_RANGE, refusal(() -> kv.rangeStream(RANGE).next()).getCode());
  }

  @Test
  @DisplayName("37: a request of 512 KiB above the limit is refused as grpc-go does it")
  void requestAboveTheReceiveLimitIsRefusedByGrpc() {
    PutRequest large =
        PUT.toBuilder().setValue(ByteString.copyFrom(new byte[4096 + 512 * 1024])).build();
    Status status = refusal(() -> kv.put(large));
    assertEquals(Status.Code.RESOURCE_EXHAUSTED, status.getCode());
    assertEquals(
        "grpc: received message larger than max (" + large.getSerializedSize() + " vs. 528384)",
        status.getDescription());
    PutRequest below = PUT.toBuilder().setValue(ByteString.copyFrom(new byte[512 * 1024])).build();
    assertEquals(2, kv.put(below).getHeader().getRevision(), "the store decides what it takes");
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
  @DisplayName(
      "54: a call with hasleader is refused at once without a leader; one without it goes on")
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
