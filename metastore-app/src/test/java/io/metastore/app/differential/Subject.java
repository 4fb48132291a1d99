package io.metastore.app.differential;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import com.google.protobuf.Message;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.AbstractStub;
import io.metastore.app.grpc.stub.KVGrpc;
import io.metastore.app.grpc.stub.LeaseGrpc;
import io.metastore.app.grpc.stub.MaintenanceGrpc;
import io.metastore.app.grpc.stub.WatchGrpc;
import io.metastore.core.message.CompactionRequest;
import io.metastore.core.message.DeleteRangeRequest;
import io.metastore.core.message.HashKVRequest;
import io.metastore.core.message.LeaseGrantRequest;
import io.metastore.core.message.LeaseKeepAliveRequest;
import io.metastore.core.message.LeaseLeasesRequest;
import io.metastore.core.message.LeaseRevokeRequest;
import io.metastore.core.message.LeaseTimeToLiveRequest;
import io.metastore.core.message.PutRequest;
import io.metastore.core.message.RangeRequest;
import io.metastore.core.message.TxnRequest;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** One of the two servers that are compared, as its client sees it. */
final class Subject implements Duel.Server, AutoCloseable {
  private static final long DEADLINE_SECONDS = 60;

  /** A range may answer with several of the largest values. */
  private static final int RESPONSE_BYTES_MAX = 256 << 20;

  private final String name;
  private final ManagedChannel channel;
  private final KVGrpc.KVFutureStub kv;
  private final LeaseGrpc.LeaseFutureStub lease;
  private final MaintenanceGrpc.MaintenanceFutureStub maintenance;
  private final KeepAlives keepAlives;

  /**
   * Opens a connection.
   *
   * @param name what the server is called where a difference is told
   * @param loop shared by the two sides of a duel: a step then wakes one thread, not two
   */
  Subject(String name, int port, EventLoopGroup loop) {
    this.name = name;
    channel =
        NettyChannelBuilder.forAddress("127.0.0.1", port)
            .usePlaintext()
            .maxInboundMessageSize(RESPONSE_BYTES_MAX)
            .directExecutor()
            .disableRetry()
            .channelType(NioSocketChannel.class)
            .eventLoopGroup(loop)
            .build();
    kv = KVGrpc.newFutureStub(channel).withWaitForReady();
    lease = LeaseGrpc.newFutureStub(channel).withWaitForReady();
    maintenance = MaintenanceGrpc.newFutureStub(channel).withWaitForReady();
    keepAlives = new KeepAlives(LeaseGrpc.newStub(channel).withWaitForReady());
  }

  @Override
  public WatchStream watch() {
    return new WatchStream(name, WatchGrpc.newStub(channel).withWaitForReady());
  }

  @Override
  public CompletableFuture<Answer> call(Message request) {
    return switch (request) {
      case RangeRequest range -> answer(timed(kv).range(range));
      case PutRequest put -> answer(timed(kv).put(put));
      case DeleteRangeRequest delete -> answer(timed(kv).deleteRange(delete));
      case CompactionRequest compaction -> answer(timed(kv).compact(compaction));
      case TxnRequest txn -> answer(timed(kv).txn(txn));
      case LeaseGrantRequest grant -> answer(timed(lease).leaseGrant(grant));
      case LeaseRevokeRequest revoke -> answer(timed(lease).leaseRevoke(revoke));
      case LeaseKeepAliveRequest keepAlive -> keepAlives.call(keepAlive);
      case LeaseTimeToLiveRequest ttl -> answer(timed(lease).leaseTimeToLive(ttl));
      case LeaseLeasesRequest leases -> answer(timed(lease).leaseLeases(leases));
      case HashKVRequest hash -> answer(timed(maintenance).hashKV(hash));
      default -> throw new IllegalArgumentException("no method takes " + request);
    };
  }

  private static <T extends AbstractStub<T>> T timed(T stub) {
    return stub.withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
  }

  private static CompletableFuture<Answer> answer(ListenableFuture<? extends Message> call) {
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    Futures.addCallback(
        call,
        new FutureCallback<Message>() {
          @Override
          public void onSuccess(Message response) {
            answer.complete(new Answer.Response(response));
          }

          @Override
          public void onFailure(Throwable failure) {
            answer.complete(Answer.Refusal.of(failure));
          }
        },
        MoreExecutors.directExecutor());
    return answer;
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
