package io.metastore.core.typed;

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
import io.metastore.core.message.StatusResponse;
import io.metastore.core.message.TxnRequest;
import io.metastore.core.message.TxnResponse;
import io.metastore.core.watch.WatchReceiver;
import io.metastore.core.watch.WatchStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Who answers etcd's requests. Thread-safe; nothing blocks. Futures complete within the timeout.
 * They fail with a {@link io.metastore.api.MetastoreException}, or with what no request can cause,
 * such as a {@link io.metastore.api.storage.StorageException}.
 */
public interface StoreCalls {
  /** Reads keys. */
  CompletableFuture<RangeResponse> range(RangeRequest request, Duration timeout);

  /**
   * Reads keys, in their own order and of every revision, piece by piece. A piece takes a few
   * megabytes at most, or what its only entry takes.
   *
   * @param timeout of each piece
   */
  KeyStream keys(RangeRequest request, Duration timeout);

  /** Writes a key. */
  CompletableFuture<PutResponse> put(PutRequest request, Duration timeout);

  /** Deletes keys. */
  CompletableFuture<DeleteRangeResponse> deleteRange(DeleteRangeRequest request, Duration timeout);

  /** Runs a transaction. */
  CompletableFuture<TxnResponse> txn(TxnRequest request, Duration timeout);

  /** Compacts. */
  CompletableFuture<CompactionResponse> compact(CompactionRequest request, Duration timeout);

  /** Grants a lease. */
  CompletableFuture<LeaseGrantResponse> leaseGrant(LeaseGrantRequest request, Duration timeout);

  /** Revokes a lease. */
  CompletableFuture<LeaseRevokeResponse> leaseRevoke(LeaseRevokeRequest request, Duration timeout);

  /** Renews a lease once. */
  CompletableFuture<LeaseKeepAliveResponse> leaseKeepAlive(
      LeaseKeepAliveRequest request, Duration timeout);

  /** What is left of a lease. */
  CompletableFuture<LeaseTimeToLiveResponse> leaseTimeToLive(
      LeaseTimeToLiveRequest request, Duration timeout);

  /** All leases. */
  CompletableFuture<LeaseLeasesResponse> leaseLeases(LeaseLeasesRequest request, Duration timeout);

  /** The state of the member that answers. */
  CompletableFuture<StatusResponse> status(Duration timeout);

  /**
   * Opens a stream for one watch. What can be gone on with elsewhere does not end it: the stream
   * resumes by itself, and its receiver does not notice.
   */
  WatchStream watch(WatchReceiver receiver);
}
