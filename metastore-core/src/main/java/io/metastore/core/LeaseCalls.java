package io.metastore.core;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.api.storage.StorageView;
import io.metastore.core.apply.StateMachine;
import io.metastore.core.auth.Permissions;
import io.metastore.core.lease.LeaseRenewer;
import io.metastore.core.message.LeaseGrantRequest;
import io.metastore.core.message.LeaseGrantResponse;
import io.metastore.core.message.LeaseKeepAliveRequest;
import io.metastore.core.message.LeaseKeepAliveResponse;
import io.metastore.core.message.LeaseLeasesResponse;
import io.metastore.core.message.LeaseRevokeRequest;
import io.metastore.core.message.LeaseRevokeResponse;
import io.metastore.core.message.LeaseStatus;
import io.metastore.core.message.LeaseTimeToLiveRequest;
import io.metastore.core.message.LeaseTimeToLiveResponse;
import io.metastore.core.message.Proposal;
import io.metastore.core.message.ResponseHeader;
import io.metastore.core.mvcc.LeaseRecord;
import io.metastore.core.mvcc.LeaseTable;
import io.metastore.core.mvcc.PublishedView;
import io.metastore.core.quota.Costs;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

/**
 * The lease calls: what must be settled before one goes through the log, and those that do not
 * (behaviours 57 to 60 of the contract; etcd {@code server/etcdserver/v3_server.go}).
 *
 * <p>Thread-safe; nothing blocks. Keys of a lease are read on the scan executor.
 */
final class LeaseCalls {
  /** As in etcd: 285 years, which still fit nanoseconds. */
  static final long TTL_SECONDS_MAX = 9_000_000_000L;

  private static final long UNKNOWN = -1;

  private final StateMachine stateMachine;
  private final WritePath writes;
  private final LeaseRenewer renewer;
  private final Executor scans;
  private final long ttlSecondsMin;
  private final Supplier<CompletableFuture<Void>> barrier;
  private final Supplier<ResponseHeader> header;
  private final Caller caller;

  /**
   * Creates the calls.
   *
   * @param ttlSecondsMin shortest TTL that is granted
   * @param barrier passes once this member has applied what was committed when it was asked
   * @param header complete, of this moment
   * @param caller who makes the calls
   */
  LeaseCalls(
      StateMachine stateMachine,
      WritePath writes,
      LeaseRenewer renewer,
      Executor scans,
      long ttlSecondsMin,
      Supplier<CompletableFuture<Void>> barrier,
      Supplier<ResponseHeader> header,
      Caller caller) {
    this.stateMachine = stateMachine;
    this.writes = writes;
    this.renewer = renewer;
    this.scans = scans;
    this.ttlSecondsMin = ttlSecondsMin;
    this.barrier = barrier;
    this.header = header;
    this.caller = caller;
  }

  LeaseCalls as(Caller other, WritePath itsWrites) {
    return new LeaseCalls(
        stateMachine, itsWrites, renewer, scans, ttlSecondsMin, barrier, header, other);
  }

  private static void check(LeaseGrantRequest request) {
    if (request.getTTL() > TTL_SECONDS_MAX) {
      throw MetastoreException.of(ErrorCode.LEASE_TTL_TOO_LARGE);
    }
  }

  /**
   * Settles what members could settle differently: an id when the client leaves it to us, and the
   * shortest TTL.
   */
  private LeaseGrantRequest settle(LeaseGrantRequest request) {
    long id =
        request.getID() == 0
            ? ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE)
            : request.getID();
    return LeaseGrantRequest.newBuilder()
        .setID(id)
        .setTTL(Math.max(request.getTTL(), ttlSecondsMin))
        .build();
  }

  CompletableFuture<LeaseGrantResponse> grant(LeaseGrantRequest request, Duration timeout) {
    return writes.propose(
        () -> check(request),
        Proposal.newBuilder().setLeaseGrant(settle(request)),
        Costs.LEASE_BYTES,
        timeout,
        LeaseGrantResponse.Builder.class,
        response -> response.setHeader(writes.complete(response.getHeader())).build());
  }

  CompletableFuture<LeaseRevokeResponse> revoke(LeaseRevokeRequest request, Duration timeout) {
    return writes.propose(
        () -> {},
        Proposal.newBuilder().setLeaseRevoke(request),
        0,
        timeout,
        LeaseRevokeResponse.Builder.class,
        response -> response.setHeader(writes.complete(response.getHeader())).build());
  }

  CompletableFuture<LeaseKeepAliveResponse> keepAlive(
      LeaseKeepAliveRequest request, Duration timeout) {
    if (caller.isChecked()) {
      return barrier
          .get()
          .thenCompose(
              passed ->
                  ReadPath.on(scans, () -> checked(request.getID(), Permissions::checkLeaseWrite)))
          .thenCompose(permitted -> renew(request, timeout));
    }
    return renew(request, timeout);
  }

  private CompletableFuture<LeaseKeepAliveResponse> renew(
      LeaseKeepAliveRequest request, Duration timeout) {
    // Before the renewal: the revision told must not be behind an expiry that follows it.
    ResponseHeader before = header.get();
    return renewer
        .renew(request.getID(), timeout)
        .thenApply(
            ttl ->
                LeaseKeepAliveResponse.newBuilder()
                    .setHeader(before)
                    .setID(request.getID())
                    .setTTL(ttl)
                    .build());
  }

  CompletableFuture<LeaseTimeToLiveResponse> timeToLive(
      LeaseTimeToLiveRequest request, Duration timeout) {
    // What the leader says was applied there; the rest is read here, and must be as new.
    CompletableFuture<OptionalLong> remaining =
        renewer.remainingSeconds(request.getID(), timeout).thenCompose(this::behindBarrier);
    return request.getKeys()
        ? remaining.thenCompose(left -> ReadPath.on(scans, () -> describe(request, left)))
        : remaining.thenApply(left -> describe(request, left));
  }

  private <T> CompletableFuture<T> behindBarrier(T known) {
    return barrier.get().thenApply(passed -> known);
  }

  private LeaseTimeToLiveResponse describe(LeaseTimeToLiveRequest request, OptionalLong left) {
    if (request.getKeys() && caller.isChecked()) {
      caller.permissions().requireUser();
    }
    LeaseTimeToLiveResponse.Builder response =
        LeaseTimeToLiveResponse.newBuilder().setHeader(header.get()).setID(request.getID());
    if (left.isEmpty()) {
      return response.setTTL(UNKNOWN).build();
    }
    try (PublishedView view = stateMachine.acquire()) {
      Optional<LeaseRecord> lease = LeaseTable.find(view.view(), request.getID());
      if (lease.isEmpty()) {
        // Revoked since the leader was asked.
        return response.setTTL(UNKNOWN).build();
      }
      response.setTTL(left.getAsLong()).setGrantedTTL(lease.get().ttlSeconds());
      if (request.getKeys()) {
        if (caller.isChecked()) {
          caller.permissions().checkLeaseRead(request.getID(), view.view());
        }
        List<byte[]> keys = LeaseTable.keys(view.view(), request.getID());
        response.addAllKeys(
            keys.stream().<ByteString>map(UnsafeByteOperations::unsafeWrap).toList());
      }
      return response.build();
    }
  }

  CompletableFuture<LeaseLeasesResponse> leases(Duration timeout) {
    return renewer
        .ids(timeout)
        .thenCompose(this::behindBarrier)
        .thenCompose(
            ids ->
                caller.isChecked()
                    ? ReadPath.on(scans, () -> checked(ids))
                    : CompletableFuture.completedFuture(ids))
        .thenApply(
            ids -> {
              LeaseLeasesResponse.Builder response =
                  LeaseLeasesResponse.newBuilder().setHeader(header.get());
              ids.forEach(id -> response.addLeases(LeaseStatus.newBuilder().setID(id)));
              return response.build();
            });
  }

  /** Which right a lease's keys need. */
  @FunctionalInterface
  private interface LeaseCheck {
    void check(Permissions permissions, long id, StorageView view);
  }

  private long checked(long id, LeaseCheck check) {
    try (PublishedView view = stateMachine.acquire()) {
      check.check(caller.permissions(), id, view.view());
      return id;
    }
  }

  private List<Long> checked(List<Long> ids) {
    try (PublishedView view = stateMachine.acquire()) {
      Permissions permissions = caller.permissions();
      permissions.requireUser();
      ids.forEach(id -> permissions.checkLeaseRead(id, view.view()));
      return ids;
    }
  }
}
