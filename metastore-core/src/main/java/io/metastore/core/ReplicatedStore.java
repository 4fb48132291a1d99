package io.metastore.core;

import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.api.storage.StorageSizes;
import io.metastore.core.apply.StateMachine;
import io.metastore.core.auth.Identity;
import io.metastore.core.compact.Compactor;
import io.metastore.core.lease.LeaseRenewer;
import io.metastore.core.message.AlarmMember;
import io.metastore.core.message.AlarmRequest;
import io.metastore.core.message.AlarmResponse;
import io.metastore.core.message.AlarmType;
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
import io.metastore.core.message.Proposal;
import io.metastore.core.message.PutRequest;
import io.metastore.core.message.PutResponse;
import io.metastore.core.message.RangeRequest;
import io.metastore.core.message.RangeResponse;
import io.metastore.core.message.ResponseHeader;
import io.metastore.core.message.StatusResponse;
import io.metastore.core.message.TxnRequest;
import io.metastore.core.message.TxnResponse;
import io.metastore.core.mvcc.PublishedView;
import io.metastore.core.quota.Alarms;
import io.metastore.core.quota.Costs;
import io.metastore.core.quota.Quota;
import io.metastore.core.txn.Txns;
import io.metastore.core.watch.ServedWatchStream;
import io.metastore.core.watch.WatchHub;
import io.metastore.core.watch.WatchReceiver;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * The API over consensus and state machine: checks requests, sends writes into the log and reads
 * from published views.
 *
 * <p>Thread-safe.
 */
public final class ReplicatedStore implements MetadataStore {
  private final StateMachine stateMachine;
  private final Consensus consensus;
  private final WatchHub watches;
  private final Supplier<StorageSizes> sizes;
  private final int txnOpsMax;
  private final String serverVersion;
  private final Upkeep upkeep;
  private final WritePath writes;
  private final ReadPath reads;
  private final LeaseCalls leases;

  /**
   * Creates the façade; it owns none of its collaborators.
   *
   * @param watches follows the state machine
   * @param sizes of the storage engine
   * @param scans runs reads of more than one key
   * @param renewer of leases
   * @param leaseTtlSecondsMin shortest TTL that is granted
   * @param requestBytesMax largest proposal in bytes
   * @param txnOpsMax most compares, or operations of a branch, in a transaction
   * @param serverVersion as {@code Status} tells it
   * @param upkeep what limits the store's size
   */
  public ReplicatedStore(
      StateMachine stateMachine,
      Consensus consensus,
      WatchHub watches,
      Supplier<StorageSizes> sizes,
      Executor scans,
      LeaseRenewer renewer,
      long leaseTtlSecondsMin,
      int requestBytesMax,
      int txnOpsMax,
      String serverVersion,
      Upkeep upkeep) {
    this.stateMachine = stateMachine;
    this.consensus = consensus;
    this.watches = watches;
    this.sizes = sizes;
    this.txnOpsMax = txnOpsMax;
    this.serverVersion = serverVersion;
    this.upkeep = upkeep;
    Caller trusted = new Caller(Identity.TRUSTED, stateMachine);
    this.writes = new WritePath(consensus, upkeep.quota(), requestBytesMax, this::alarms, trusted);
    this.reads = new ReadPath(stateMachine, consensus, scans, trusted);
    this.leases =
        new LeaseCalls(
            stateMachine,
            writes,
            renewer,
            scans,
            leaseTtlSecondsMin,
            consensus::readBarrier,
            () -> header(consensus.status(), stateMachine.state().revision()),
            trusted);
  }

  private ReplicatedStore(ReplicatedStore base, Caller caller) {
    this.stateMachine = base.stateMachine;
    this.consensus = base.consensus;
    this.watches = base.watches;
    this.sizes = base.sizes;
    this.txnOpsMax = base.txnOpsMax;
    this.serverVersion = base.serverVersion;
    this.upkeep = base.upkeep;
    this.writes = base.writes.as(caller);
    this.reads = base.reads.as(caller);
    this.leases = base.leases.as(caller, writes);
  }

  /**
   * What limits the store's size.
   *
   * @param compactor removes what compactions made unreadable
   * @param quota how large this member's store may get
   */
  public record Upkeep(Compactor compactor, Quota quota) {}

  @Override
  public MetadataStore as(Identity identity) {
    return new ReplicatedStore(this, new Caller(identity, stateMachine));
  }

  /** How commands get into the log, for calls that are not part of this interface. */
  WritePath writes() {
    return writes;
  }

  @Override
  public CompletableFuture<RangeResponse> range(RangeRequest request, Duration timeout) {
    try {
      Requests.check(request);
    } catch (MetastoreException e) {
      return CompletableFuture.failedFuture(e);
    }
    return reads.range(request);
  }

  @Override
  public CompletableFuture<PutResponse> put(PutRequest request, Duration timeout) {
    return writes.propose(
        () -> Requests.check(request),
        Proposal.newBuilder().setPut(request),
        Costs.of(request),
        timeout,
        PutResponse.Builder.class,
        response -> response.setHeader(complete(response.getHeader())).build());
  }

  @Override
  public CompletableFuture<DeleteRangeResponse> deleteRange(
      DeleteRangeRequest request, Duration timeout) {
    return writes.propose(
        () -> Requests.check(request),
        Proposal.newBuilder().setDeleteRange(request),
        0,
        timeout,
        DeleteRangeResponse.Builder.class,
        response -> response.setHeader(complete(response.getHeader())).build());
  }

  @Override
  public CompletableFuture<TxnResponse> txn(TxnRequest request, Duration timeout) {
    if (!Txns.isReadOnly(request)) {
      return writes.propose(
          () -> TxnRequests.check(request, txnOpsMax),
          Proposal.newBuilder().setTxn(request),
          Costs.of(request),
          timeout,
          TxnResponse.Builder.class,
          response -> response.setHeader(complete(response.getHeader())).build());
    }
    try {
      TxnRequests.check(request, txnOpsMax);
    } catch (MetastoreException e) {
      return CompletableFuture.failedFuture(e);
    }
    return reads.txn(request);
  }

  @Override
  public CompletableFuture<LeaseGrantResponse> leaseGrant(
      LeaseGrantRequest request, Duration timeout) {
    return leases.grant(request, timeout);
  }

  @Override
  public CompletableFuture<LeaseRevokeResponse> leaseRevoke(
      LeaseRevokeRequest request, Duration timeout) {
    return leases.revoke(request, timeout);
  }

  @Override
  public CompletableFuture<LeaseKeepAliveResponse> leaseKeepAlive(
      LeaseKeepAliveRequest request, Duration timeout) {
    return leases.keepAlive(request, timeout);
  }

  @Override
  public CompletableFuture<LeaseTimeToLiveResponse> leaseTimeToLive(
      LeaseTimeToLiveRequest request, Duration timeout) {
    return leases.timeToLive(request, timeout);
  }

  @Override
  public CompletableFuture<LeaseLeasesResponse> leaseLeases(
      LeaseLeasesRequest request, Duration timeout) {
    return leases.leases(timeout);
  }

  @Override
  public CompletableFuture<AlarmResponse> alarm(AlarmRequest request, Duration timeout) {
    return writes.alarm(request, timeout);
  }

  @Override
  public List<AlarmMember> alarms() {
    try (PublishedView view = stateMachine.acquire()) {
      return Alarms.list(view.view(), AlarmType.NONE);
    }
  }

  @Override
  public CompletableFuture<CompactionResponse> compact(
      CompactionRequest request, Duration timeout) {
    CompletableFuture<CompactionResponse> compacted =
        writes.propose(
            () -> {},
            Proposal.newBuilder().setCompaction(request),
            0,
            timeout,
            CompactionResponse.Builder.class,
            response -> response.setHeader(complete(response.getHeader())).build());
    return request.getPhysical()
        ? compacted.thenCompose(
            response ->
                upkeep.compactor().purged(request.getRevision()).thenApply(purged -> response))
        : compacted;
  }

  @Override
  public CompletableFuture<HashKVResponse> hashKv(HashKVRequest request, Duration timeout) {
    return reads.hashKv(request.getRevision());
  }

  @Override
  public CompletableFuture<HashResponse> hash(HashRequest request, Duration timeout) {
    return reads.hash();
  }

  @Override
  public KeyStream rangeStream(RangeRequest request) {
    try {
      Requests.checkStream(request);
    } catch (MetastoreException e) {
      return () -> CompletableFuture.failedFuture(e);
    }
    return reads.rangeStream(request);
  }

  @Override
  public ServedWatchStream watch(WatchReceiver receiver) {
    return watches.stream(receiver);
  }

  @Override
  public StatusResponse status() {
    ConsensusStatus status = consensus.status();
    StorageSizes stored = sizes.get();
    StatusResponse.Builder response =
        StatusResponse.newBuilder()
            .setHeader(header(status, stateMachine.state().revision()))
            .setVersion(serverVersion)
            .setDbSize(stored.totalBytes())
            .setDbSizeInUse(stored.inUseBytes())
            .setLeader(status.leaderId())
            .setRaftIndex(status.committedIndex())
            .setRaftTerm(status.term())
            .setRaftAppliedIndex(status.appliedIndex())
            .setIsLearner(status.learner())
            .setDbSizeQuota(upkeep.quota().bytes())
            .setStorageVersion(serverVersion.replaceFirst("\\.[^.]*$", ".0"));
    if (!status.hasLeader()) {
      response.addErrors(ErrorCode.NO_LEADER.text());
    }
    alarms().forEach(alarm -> response.addErrors(Alarms.text(alarm)));
    return response.build();
  }

  private ResponseHeader complete(ResponseHeader partial) {
    return header(consensus.status(), partial.getRevision());
  }

  /** A complete response header of this member. */
  public static ResponseHeader header(ConsensusStatus status, long revision) {
    return ResponseHeader.newBuilder()
        .setClusterId(status.clusterId())
        .setMemberId(status.memberId())
        .setRevision(revision)
        .setRaftTerm(status.term())
        .build();
  }
}
