package io.metastore.client;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.metastore.api.ConnectOptions;
import io.metastore.core.message.CompactionRequest;
import io.metastore.core.message.CompactionResponse;
import io.metastore.core.message.DeleteRangeRequest;
import io.metastore.core.message.DeleteRangeResponse;
import io.metastore.core.message.LeaseGrantRequest;
import io.metastore.core.message.LeaseGrantResponse;
import io.metastore.core.message.LeaseKeepAliveRequest;
import io.metastore.core.message.LeaseKeepAliveResponse;
import io.metastore.core.message.LeaseLeasesRequest;
import io.metastore.core.message.LeaseLeasesResponse;
import io.metastore.core.message.LeaseRevokeRequest;
import io.metastore.core.message.LeaseRevokeResponse;
import io.metastore.core.message.LeaseTimeToLiveRequest;
import io.metastore.core.message.LeaseTimeToLiveResponse;
import io.metastore.core.message.PutRequest;
import io.metastore.core.message.PutResponse;
import io.metastore.core.message.RangeRequest;
import io.metastore.core.message.RangeResponse;
import io.metastore.core.message.StatusRequest;
import io.metastore.core.message.StatusResponse;
import io.metastore.core.message.TxnRequest;
import io.metastore.core.message.TxnResponse;
import io.metastore.core.typed.StoreCalls;
import io.metastore.core.watch.WatchReceiver;
import io.metastore.core.watch.WatchStream;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Servers answer, over one connection at a time. */
final class GrpcCalls implements StoreCalls, AutoCloseable {
  /** A connection that is silently gone is noticed in the sum of these; etcd allows 5 s and up. */
  private static final Duration PING = Duration.ofSeconds(10);

  private static final Duration PING_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration CLOSE_MAX = Duration.ofSeconds(2);

  private final EventLoopGroup loop;
  private final ManagedChannel channel;

  GrpcCalls(ConnectOptions options) {
    // One thread is enough: it only moves messages, and callers wait elsewhere.
    loop =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("metastore-client", true), NioIoHandler.newFactory());
    channel =
        NettyChannelBuilder.forTarget(EndpointResolver.target(options.endpoints()))
            .channelType(NioSocketChannel.class)
            .eventLoopGroup(loop)
            .directExecutor()
            .usePlaintext()
            .maxInboundMessageSize(Integer.MAX_VALUE)
            .keepAliveTime(PING.toMillis(), TimeUnit.MILLISECONDS)
            .keepAliveTimeout(PING_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
            .build();
  }

  @Override
  public CompletableFuture<RangeResponse> range(RangeRequest request, Duration timeout) {
    return Exchange.send(channel, Methods.RANGE, request, timeout, true);
  }

  @Override
  public CompletableFuture<PutResponse> put(PutRequest request, Duration timeout) {
    return Exchange.send(channel, Methods.PUT, request, timeout, false);
  }

  @Override
  public CompletableFuture<DeleteRangeResponse> deleteRange(
      DeleteRangeRequest request, Duration timeout) {
    return Exchange.send(channel, Methods.DELETE_RANGE, request, timeout, false);
  }

  @Override
  public CompletableFuture<TxnResponse> txn(TxnRequest request, Duration timeout) {
    return Exchange.send(channel, Methods.TXN, request, timeout, false);
  }

  @Override
  public CompletableFuture<CompactionResponse> compact(
      CompactionRequest request, Duration timeout) {
    return Exchange.send(channel, Methods.COMPACT, request, timeout, false);
  }

  @Override
  public CompletableFuture<LeaseGrantResponse> leaseGrant(
      LeaseGrantRequest request, Duration timeout) {
    return Exchange.send(channel, Methods.LEASE_GRANT, request, timeout, false);
  }

  @Override
  public CompletableFuture<LeaseRevokeResponse> leaseRevoke(
      LeaseRevokeRequest request, Duration timeout) {
    return Exchange.send(channel, Methods.LEASE_REVOKE, request, timeout, false);
  }

  @Override
  public CompletableFuture<LeaseKeepAliveResponse> leaseKeepAlive(
      LeaseKeepAliveRequest request, Duration timeout) {
    // Twice does no harm, as with a read.
    return Exchange.send(channel, Methods.LEASE_KEEP_ALIVE, request, timeout, true);
  }

  @Override
  public CompletableFuture<LeaseTimeToLiveResponse> leaseTimeToLive(
      LeaseTimeToLiveRequest request, Duration timeout) {
    return Exchange.send(channel, Methods.LEASE_TTL, request, timeout, true);
  }

  @Override
  public CompletableFuture<LeaseLeasesResponse> leaseLeases(
      LeaseLeasesRequest request, Duration timeout) {
    return Exchange.send(channel, Methods.LEASES, request, timeout, true);
  }

  @Override
  public CompletableFuture<StatusResponse> status(Duration timeout) {
    return Exchange.send(
        channel, Methods.STATUS, StatusRequest.getDefaultInstance(), timeout, true);
  }

  @Override
  public WatchStream watch(WatchReceiver receiver) {
    return new RemoteWatch(channel, loop, receiver);
  }

  @Override
  public void close() {
    channel.shutdownNow();
    try {
      channel.awaitTermination(CLOSE_MAX.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    // No quiet period: by now the connection is closed.
    loop.shutdownGracefully(0, CLOSE_MAX.toMillis(), TimeUnit.MILLISECONDS)
        .awaitUninterruptibly(CLOSE_MAX.toMillis());
  }
}
