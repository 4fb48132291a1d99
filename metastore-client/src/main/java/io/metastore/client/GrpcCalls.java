package io.metastore.client;

import io.metastore.api.ConnectOptions;
import io.metastore.core.KeyStream;
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
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Servers answer, over one connection at a time. */
final class GrpcCalls implements StoreCalls, AutoCloseable {
  private final Connection connection;

  GrpcCalls(ConnectOptions options) {
    connection = new Connection(options);
  }

  @Override
  public CompletableFuture<RangeResponse> range(RangeRequest request, Duration timeout) {
    return Exchange.send(connection, Methods.RANGE, request, timeout, true);
  }

  @Override
  public KeyStream keys(RangeRequest request, Duration timeout) {
    return new PagedKeys(
        (page, answerBytesMax) ->
            Exchange.send(connection, Methods.RANGE, page, timeout, true, answerBytesMax),
        request);
  }

  @Override
  public CompletableFuture<PutResponse> put(PutRequest request, Duration timeout) {
    return Exchange.send(connection, Methods.PUT, request, timeout, false);
  }

  @Override
  public CompletableFuture<DeleteRangeResponse> deleteRange(
      DeleteRangeRequest request, Duration timeout) {
    return Exchange.send(connection, Methods.DELETE_RANGE, request, timeout, false);
  }

  @Override
  public CompletableFuture<TxnResponse> txn(TxnRequest request, Duration timeout) {
    return Exchange.send(connection, Methods.TXN, request, timeout, false);
  }

  @Override
  public CompletableFuture<CompactionResponse> compact(
      CompactionRequest request, Duration timeout) {
    return Exchange.send(connection, Methods.COMPACT, request, timeout, false);
  }

  @Override
  public CompletableFuture<LeaseGrantResponse> leaseGrant(
      LeaseGrantRequest request, Duration timeout) {
    return Exchange.send(connection, Methods.LEASE_GRANT, request, timeout, false);
  }

  @Override
  public CompletableFuture<LeaseRevokeResponse> leaseRevoke(
      LeaseRevokeRequest request, Duration timeout) {
    return Exchange.send(connection, Methods.LEASE_REVOKE, request, timeout, false);
  }

  @Override
  public CompletableFuture<LeaseKeepAliveResponse> leaseKeepAlive(
      LeaseKeepAliveRequest request, Duration timeout) {
    // Twice does no harm, as with a read.
    return Exchange.send(connection, Methods.LEASE_KEEP_ALIVE, request, timeout, true);
  }

  @Override
  public CompletableFuture<LeaseTimeToLiveResponse> leaseTimeToLive(
      LeaseTimeToLiveRequest request, Duration timeout) {
    return Exchange.send(connection, Methods.LEASE_TTL, request, timeout, true);
  }

  @Override
  public CompletableFuture<LeaseLeasesResponse> leaseLeases(
      LeaseLeasesRequest request, Duration timeout) {
    return Exchange.send(connection, Methods.LEASES, request, timeout, true);
  }

  @Override
  public CompletableFuture<StatusResponse> status(Duration timeout) {
    return Exchange.send(
        connection, Methods.STATUS, StatusRequest.getDefaultInstance(), timeout, true);
  }

  @Override
  public WatchStream watch(WatchReceiver receiver) {
    return new RemoteWatch(connection, receiver);
  }

  @Override
  public void close() {
    connection.close();
  }
}
