package io.metastore.app.cluster;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.metastore.app.grpc.stub.ClusterGrpc;
import io.metastore.app.grpc.stub.KVGrpc;
import io.metastore.app.grpc.stub.LeaseGrpc;
import io.metastore.app.grpc.stub.MaintenanceGrpc;
import io.metastore.app.grpc.stub.WatchGrpc;
import io.metastore.core.message.CompactionRequest;
import io.metastore.core.message.Compare;
import io.metastore.core.message.DeleteRangeRequest;
import io.metastore.core.message.HashKVRequest;
import io.metastore.core.message.HashKVResponse;
import io.metastore.core.message.MoveLeaderRequest;
import io.metastore.core.message.PutRequest;
import io.metastore.core.message.RangeRequest;
import io.metastore.core.message.RangeResponse;
import io.metastore.core.message.RequestOp;
import io.metastore.core.message.StatusRequest;
import io.metastore.core.message.StatusResponse;
import io.metastore.core.message.TxnRequest;
import io.metastore.testkit.history.Action;
import io.metastore.testkit.history.Outcome;
import java.net.ConnectException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/** A connection to one member, which may come and go. Thread-safe. */
final class MemberClient implements AutoCloseable {
  /** Longer than an election; a client of a member that is cut off waits for it. */
  private static final long DEADLINE_MILLIS = 1500;

  private final ManagedChannel channel;

  private MemberClient(ManagedChannel channel) {
    this.channel = channel;
  }

  static MemberClient of(int port) {
    return new MemberClient(
        NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build());
  }

  private KVGrpc.KVBlockingStub kv() {
    // A member that was down is to be found when it is back, not after a pause that grows.
    channel.resetConnectBackoff();
    return KVGrpc.newBlockingStub(channel)
        .withDeadlineAfter(DEADLINE_MILLIS, TimeUnit.MILLISECONDS);
  }

  private MaintenanceGrpc.MaintenanceBlockingStub maintenance() {
    channel.resetConnectBackoff();
    return MaintenanceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(DEADLINE_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** The cluster's members. */
  ClusterGrpc.ClusterBlockingStub members() {
    channel.resetConnectBackoff();
    // A change takes an election when the leader goes.
    return ClusterGrpc.newBlockingStub(channel)
        .withDeadlineAfter(4 * DEADLINE_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Leases. */
  LeaseGrpc.LeaseBlockingStub leases() {
    channel.resetConnectBackoff();
    return LeaseGrpc.newBlockingStub(channel)
        .withDeadlineAfter(DEADLINE_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Removes all history up to a revision. */
  void compact(long revision) {
    var unused =
        KVGrpc.newBlockingStub(channel)
            .withDeadlineAfter(20 * DEADLINE_MILLIS, TimeUnit.MILLISECONDS)
            .compact(
                CompactionRequest.newBuilder().setRevision(revision).setPhysical(true).build());
  }

  /** Watches, without a deadline. */
  WatchGrpc.WatchStub watches() {
    return WatchGrpc.newStub(channel);
  }

  /** Does it, and says how it ended. */
  Outcome run(String key, Action action) {
    try {
      return switch (action) {
        case Action.Put put -> {
          var unused = kv().put(put(key, put.value()));
          yield new Outcome.Written();
        }
        case Action.Get get -> new Outcome.Read(value(key));
        case Action.Delete delete ->
            new Outcome.Deleted(
                kv().deleteRange(DeleteRangeRequest.newBuilder().setKey(bytes(key)).build())
                        .getDeleted()
                    > 0);
        case Action.CompareAndSwap swap ->
            new Outcome.Swapped(kv().txn(swap(key, swap)).getSucceeded());
      };
    } catch (StatusRuntimeException e) {
      return failure(e);
    }
  }

  /** Only what never reached the store has failed for sure. */
  private static Outcome failure(StatusRuntimeException e) {
    String reason = e.getStatus().getCode() + " " + e.getStatus().getDescription();
    boolean refused =
        e.getCause() instanceof ConnectException || reason.endsWith("too many requests");
    return refused ? new Outcome.Failed(reason) : new Outcome.Unknown(reason);
  }

  private static PutRequest put(String key, String value) {
    return PutRequest.newBuilder().setKey(bytes(key)).setValue(bytes(value)).build();
  }

  private static TxnRequest swap(String key, Action.CompareAndSwap swap) {
    Compare.Builder compare = Compare.newBuilder().setKey(bytes(key));
    if (swap.expected().isPresent()) {
      compare.setTarget(Compare.CompareTarget.VALUE).setValue(bytes(swap.expected().get()));
    } else {
      compare.setTarget(Compare.CompareTarget.VERSION).setVersion(0);
    }
    return TxnRequest.newBuilder()
        .addCompare(compare)
        .addSuccess(RequestOp.newBuilder().setRequestPut(put(key, swap.value())))
        .build();
  }

  static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }

  private RangeResponse range(String key) {
    return kv().range(RangeRequest.newBuilder().setKey(bytes(key)).build());
  }

  private Optional<String> value(String key) {
    return range(key).getKvsList().stream().findFirst().map(kv -> kv.getValue().toStringUtf8());
  }

  /** Whether it answers linearizable reads. */
  boolean serves() {
    return run("serves", new Action.Get()).isAcknowledged();
  }

  /** The newest revision, by a linearizable read: the member then has it. Empty: no answer. */
  OptionalLong revision() {
    try {
      return OptionalLong.of(range("revision").getHeader().getRevision());
    } catch (StatusRuntimeException e) {
      return OptionalLong.empty();
    }
  }

  /** The hash of everything up to a revision, and what it was compacted to. */
  HashKVResponse hash(long revision) {
    return maintenance()
        .hashKV(HashKVRequest.newBuilder().setRevision(revision).build())
        .toBuilder()
        .clearHeader()
        .build();
  }

  /** Which member this is, and whom it takes for the leader. */
  record Leadership(long self, long leader) {}

  /** What the member says of it, if it is there. */
  Optional<Leadership> leadership() {
    try {
      StatusResponse status = maintenance().status(StatusRequest.getDefaultInstance());
      return Optional.of(new Leadership(status.getHeader().getMemberId(), status.getLeader()));
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.UNIMPLEMENTED) {
        throw e;
      }
      return Optional.empty();
    }
  }

  /** What it says of itself, for whoever looks into a failure. */
  String status() {
    try {
      StatusResponse status = maintenance().status(StatusRequest.getDefaultInstance());
      return "leader=%x term=%d index=%d applied=%d revision=%d"
          .formatted(
              status.getLeader(),
              status.getRaftTerm(),
              status.getRaftIndex(),
              status.getRaftAppliedIndex(),
              status.getHeader().getRevision());
    } catch (StatusRuntimeException e) {
      return e.getStatus().toString();
    }
  }

  /** Asks the leader to hand over; it may refuse. */
  void moveLeader(long target) {
    try {
      var unused =
          maintenance().moveLeader(MoveLeaderRequest.newBuilder().setTargetID(target).build());
    } catch (StatusRuntimeException e) {
      System.out.println("leadership not moved: " + e.getStatus());
    }
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
