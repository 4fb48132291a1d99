package io.metastore.core;

import io.metastore.core.auth.Identity;
import io.metastore.core.message.AlarmMember;
import io.metastore.core.message.AlarmRequest;
import io.metastore.core.message.AlarmResponse;
import io.metastore.core.message.CompactionRequest;
import io.metastore.core.message.CompactionResponse;
import io.metastore.core.message.DeleteRangeRequest;
import io.metastore.core.message.DeleteRangeResponse;
import io.metastore.core.message.HashKVRequest;
import io.metastore.core.message.HashKVResponse;
import io.metastore.core.message.HashRequest;
import io.metastore.core.message.HashResponse;
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
import io.metastore.core.watch.ServedWatchStream;
import io.metastore.core.watch.WatchReceiver;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The whole API of a node, in etcd's own messages and without a transport: what every front end
 * calls.
 *
 * <p>Thread-safe. Calls do not block: the future completes on a thread of the node, which
 * dependents must not block either. It fails with a {@link io.metastore.api.MetastoreException}
 * whose code says what etcd would, never with anything else that a caller can cause. Responses
 * carry complete headers. Status, hashes and watches are not checked against permissions here: what
 * they need is the front end's to ask.
 */
public interface MetadataStore {
  /**
   * The same store, for a caller: each call asks whether that may do it. A store as a node gives it
   * is for this process, which may do everything.
   */
  MetadataStore as(Identity caller);

  /** Reads keys; linearizable unless the request says serializable. */
  CompletableFuture<RangeResponse> range(RangeRequest request, Duration timeout);

  /**
   * Writes one key. On {@link io.metastore.api.ErrorCode#TIMEOUT} the outcome is unknown: the write
   * may still happen.
   */
  CompletableFuture<PutResponse> put(PutRequest request, Duration timeout);

  /** Deletes keys, in one revision. A timeout leaves the outcome unknown, as for a put. */
  CompletableFuture<DeleteRangeResponse> deleteRange(DeleteRangeRequest request, Duration timeout);

  /**
   * Runs a transaction; through the log if either branch writes. A timeout leaves the outcome
   * unknown, as for a put.
   */
  CompletableFuture<TxnResponse> txn(TxnRequest request, Duration timeout);

  /**
   * Opens a stream of watches. It ends with {@link io.metastore.api.ErrorCode#STOPPED} when the
   * node stops.
   */
  ServedWatchStream watch(WatchReceiver receiver);

  /**
   * Reads keys in pieces that take little memory each, whatever the range holds; linearizable
   * unless the request says serializable.
   *
   * @return the answer, nothing of which has been read yet
   */
  KeyStream rangeStream(RangeRequest request);

  /**
   * Makes older revisions unreadable. With {@code physical}, the future also waits until this
   * member has removed them, however long that takes.
   */
  CompletableFuture<CompactionResponse> compact(CompactionRequest request, Duration timeout);

  /** Lists, raises or disarms alarms. */
  CompletableFuture<AlarmResponse> alarm(AlarmRequest request, Duration timeout);

  /** The alarms as this member sees them; needs no leader. */
  List<AlarmMember> alarms();

  /** Hashes this member's history up to a revision; needs no leader. */
  CompletableFuture<HashKVResponse> hashKv(HashKVRequest request, Duration timeout);

  /** Hashes all of this member's replicated state; needs no leader. */
  CompletableFuture<HashResponse> hash(HashRequest request, Duration timeout);

  /**
   * Grants a lease; an id of 0 lets this member choose one, and a TTL that is too short is raised.
   * After a timeout the lease may exist.
   */
  CompletableFuture<LeaseGrantResponse> leaseGrant(LeaseGrantRequest request, Duration timeout);

  /**
   * Revokes a lease and deletes its keys, in one revision. A timeout leaves the outcome unknown.
   */
  CompletableFuture<LeaseRevokeResponse> leaseRevoke(LeaseRevokeRequest request, Duration timeout);

  /**
   * Renews a lease. The response has a TTL of 0 when there is no such lease, or when it had
   * expired; then it comes when the lease is gone.
   */
  CompletableFuture<LeaseKeepAliveResponse> leaseKeepAlive(
      LeaseKeepAliveRequest request, Duration timeout);

  /** What is left of a lease, and its keys if asked for; a TTL of -1 when there is none. */
  CompletableFuture<LeaseTimeToLiveResponse> leaseTimeToLive(
      LeaseTimeToLiveRequest request, Duration timeout);

  /** All leases, the one that ends first first. */
  CompletableFuture<LeaseLeasesResponse> leaseLeases(LeaseLeasesRequest request, Duration timeout);

  /** This member's own state; needs no leader. */
  StatusResponse status();
}
