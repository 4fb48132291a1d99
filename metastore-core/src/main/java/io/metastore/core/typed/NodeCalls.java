package io.metastore.core.typed;

import io.metastore.core.KeyStream;
import io.metastore.core.MetadataStore;
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
import io.metastore.core.message.StatusResponse;
import io.metastore.core.message.TxnRequest;
import io.metastore.core.message.TxnResponse;
import io.metastore.core.watch.WatchReceiver;
import io.metastore.core.watch.WatchStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * A node in this JVM answers.
 *
 * @param store the node's API
 */
public record NodeCalls(MetadataStore store) implements StoreCalls {
  @Override
  public CompletableFuture<RangeResponse> range(RangeRequest request, Duration timeout) {
    return store.range(request, timeout);
  }

  @Override
  public KeyStream keys(RangeRequest request, Duration timeout) {
    return store.rangeStream(request);
  }

  @Override
  public CompletableFuture<PutResponse> put(PutRequest request, Duration timeout) {
    return store.put(request, timeout);
  }

  @Override
  public CompletableFuture<DeleteRangeResponse> deleteRange(
      DeleteRangeRequest request, Duration timeout) {
    return store.deleteRange(request, timeout);
  }

  @Override
  public CompletableFuture<TxnResponse> txn(TxnRequest request, Duration timeout) {
    return store.txn(request, timeout);
  }

  @Override
  public CompletableFuture<CompactionResponse> compact(
      CompactionRequest request, Duration timeout) {
    return store.compact(request, timeout);
  }

  @Override
  public CompletableFuture<LeaseGrantResponse> leaseGrant(
      LeaseGrantRequest request, Duration timeout) {
    return store.leaseGrant(request, timeout);
  }

  @Override
  public CompletableFuture<LeaseRevokeResponse> leaseRevoke(
      LeaseRevokeRequest request, Duration timeout) {
    return store.leaseRevoke(request, timeout);
  }

  @Override
  public CompletableFuture<LeaseKeepAliveResponse> leaseKeepAlive(
      LeaseKeepAliveRequest request, Duration timeout) {
    return store.leaseKeepAlive(request, timeout);
  }

  @Override
  public CompletableFuture<LeaseTimeToLiveResponse> leaseTimeToLive(
      LeaseTimeToLiveRequest request, Duration timeout) {
    return store.leaseTimeToLive(request, timeout);
  }

  @Override
  public CompletableFuture<LeaseLeasesResponse> leaseLeases(
      LeaseLeasesRequest request, Duration timeout) {
    return store.leaseLeases(request, timeout);
  }

  @Override
  public CompletableFuture<StatusResponse> status(Duration timeout) {
    return CompletableFuture.completedFuture(store.status());
  }

  @Override
  public WatchStream watch(WatchReceiver receiver) {
    return store.watch(receiver);
  }
}
