package io.metastore.core;

import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.api.storage.StorageSizes;
import io.metastore.core.apply.StateMachine;
import io.metastore.core.compact.Compactor;
import io.metastore.core.hash.StoreHash;
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
import io.metastore.core.message.RangeStreamResponse;
import io.metastore.core.message.ResponseHeader;
import io.metastore.core.message.StatusResponse;
import io.metastore.core.message.TxnRequest;
import io.metastore.core.message.TxnResponse;
import io.metastore.core.mvcc.PublishedView;
import io.metastore.core.mvcc.RangeChunks;
import io.metastore.core.mvcc.RangeReader;
import io.metastore.core.quota.Admission;
import io.metastore.core.quota.Alarms;
import io.metastore.core.quota.Costs;
import io.metastore.core.quota.Quota;
import io.metastore.core.txn.Txns;
import io.metastore.core.watch.WatchHub;
import io.metastore.core.watch.WatchReceiver;
import io.metastore.core.watch.WatchStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/**
 * The API over consensus and state machine: checks requests, sends writes into the log and reads
 * from published views.
 *
 * <p>Thread-safe. One-key reads run on the thread that calls, or that passes the read barrier;
 * longer ones on the scan executor, whose threads may be held by native calls.
 */
public final class ReplicatedStore implements MetadataStore {
  private final StateMachine stateMachine;
  private final Consensus consensus;
  private final WatchHub watches;
  private final Supplier<StorageSizes> sizes;
  private final Executor scans;
  private final int txnOpsMax;
  private final String serverVersion;
  private final Upkeep upkeep;
  private final WritePath writes;
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
    this.scans = scans;
    this.txnOpsMax = txnOpsMax;
    this.serverVersion = serverVersion;
    this.upkeep = upkeep;
    this.writes = new WritePath(consensus, upkeep.quota(), requestBytesMax, this::alarms);
    this.leases =
        new LeaseCalls(
            stateMachine,
            writes,
            renewer,
            scans,
            leaseTtlSecondsMin,
            () -> header(consensus.status(), stateMachine.state().revision()));
  }

  /**
   * What limits the store's size.
   *
   * @param compactor removes what compactions made unreadable
   * @param quota how large this member's store may get
   */
  public record Upkeep(Compactor compactor, Quota quota) {}

  @Override
  public CompletableFuture<RangeResponse> range(RangeRequest request, Duration timeout) {
    try {
      Requests.check(request);
    } catch (MetastoreException e) {
      return CompletableFuture.failedFuture(e);
    }
    if (request.getSerializable()) {
      return RangeReader.isSingleKey(request)
          ? completed(() -> read(request))
          : onScanThread(() -> read(request));
    }
    CompletableFuture<Void> barrier = consensus.readBarrier();
    return RangeReader.isSingleKey(request)
        ? barrier.thenApply(passed -> read(request))
        : barrier.thenCompose(passed -> onScanThread(() -> read(request)));
  }

  private <R> CompletableFuture<R> onScanThread(Supplier<R> read) {
    return on(scans, read);
  }

  /** Reads on an executor; one that takes no more says that the node stops. */
  static <R> CompletableFuture<R> on(Executor scans, Supplier<R> read) {
    try {
      return CompletableFuture.supplyAsync(read, scans);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(MetastoreException.of(ErrorCode.STOPPED));
    }
  }

  private PublishedView acquireForRead() {
    PublishedView view = stateMachine.acquire();
    try {
      Admission.checkRead(view.state());
      return view;
    } catch (MetastoreException e) {
      view.close();
      throw e;
    }
  }

  private RangeResponse read(RangeRequest request) {
    try (PublishedView view = acquireForRead()) {
      RangeResponse.Builder response = RangeReader.range(view, request);
      return response.setHeader(complete(response.getHeader())).build();
    }
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
    return Txns.isSerializable(request)
        ? onScanThread(() -> read(request))
        : consensus.readBarrier().thenCompose(passed -> onScanThread(() -> read(request)));
  }

  private TxnResponse read(TxnRequest request) {
    try (PublishedView view = acquireForRead()) {
      TxnResponse.Builder response = Txns.read(view, request);
      return response.setHeader(complete(response.getHeader())).build();
    }
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
    return onScanThread(
        () -> {
          try (PublishedView view = stateMachine.acquire()) {
            HashKVResponse.Builder response = StoreHash.kv(view, request.getRevision());
            return response.setHeader(complete(response.getHeader())).build();
          }
        });
  }

  @Override
  public CompletableFuture<HashResponse> hash(HashRequest request, Duration timeout) {
    return onScanThread(
        () -> {
          try (PublishedView view = stateMachine.acquire()) {
            HashResponse.Builder response = StoreHash.all(view);
            return response.setHeader(complete(response.getHeader())).build();
          }
        });
  }

  @Override
  public KeyStream rangeStream(RangeRequest request) {
    try {
      Requests.checkStream(request);
    } catch (MetastoreException e) {
      return () -> CompletableFuture.failedFuture(e);
    }
    RangeChunks chunks = new RangeChunks(request);
    return () ->
        request.getSerializable() || chunks.started()
            ? onScanThread(() -> next(chunks))
            : consensus.readBarrier().thenCompose(passed -> onScanThread(() -> next(chunks)));
  }

  private RangeStreamResponse next(RangeChunks chunks) {
    // A view for each piece: a slow client must not keep old data on the disk.
    try (PublishedView view = acquireForRead()) {
      RangeResponse.Builder response = chunks.next(view);
      if (response.hasHeader()) {
        response.setHeader(complete(response.getHeader()));
      }
      return RangeStreamResponse.newBuilder().setRangeResponse(response).build();
    }
  }

  @Override
  public WatchStream watch(WatchReceiver receiver) {
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

  private static <R> CompletableFuture<R> completed(Supplier<R> read) {
    try {
      return CompletableFuture.completedFuture(read.get());
    } catch (RuntimeException e) {
      // Of any kind: a caller that is handed a future looks for failures there.
      return CompletableFuture.failedFuture(e);
    }
  }
}
