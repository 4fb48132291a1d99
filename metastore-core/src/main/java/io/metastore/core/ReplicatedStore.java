package io.metastore.core;

import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.api.storage.StorageSizes;
import io.metastore.core.apply.StateMachine;
import io.metastore.core.compact.Compactor;
import io.metastore.core.hash.StoreHash;
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
import java.util.function.Function;
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
  private final int requestBytesMax;
  private final int txnOpsMax;
  private final String serverVersion;
  private final Upkeep upkeep;

  /**
   * Creates the façade; it owns none of its collaborators.
   *
   * @param watches follows the state machine
   * @param sizes of the storage engine
   * @param scans runs reads of more than one key
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
      int requestBytesMax,
      int txnOpsMax,
      String serverVersion,
      Upkeep upkeep) {
    this.stateMachine = stateMachine;
    this.consensus = consensus;
    this.watches = watches;
    this.sizes = sizes;
    this.scans = scans;
    this.requestBytesMax = requestBytesMax;
    this.txnOpsMax = txnOpsMax;
    this.serverVersion = serverVersion;
    this.upkeep = upkeep;
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
    try {
      return CompletableFuture.supplyAsync(read, scans);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(new MetastoreException(ErrorCode.STOPPED));
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
    return propose(
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
    return propose(
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
      return propose(
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

  private <B, R> CompletableFuture<R> propose(
      Runnable check,
      Proposal.Builder builder,
      long cost,
      Duration timeout,
      Class<B> responseType,
      Function<B, R> complete) {
    try {
      check.run();
    } catch (MetastoreException e) {
      return CompletableFuture.failedFuture(e);
    }
    Proposal proposal = builder.build();
    if (proposal.getSerializedSize() > requestBytesMax) {
      return CompletableFuture.failedFuture(new MetastoreException(ErrorCode.REQUEST_TOO_LARGE));
    }
    if (!upkeep.quota().admits(cost)) {
      return refuseForSpace(timeout);
    }
    return consensus
        .propose(proposal, timeout)
        .thenApply(
            reply ->
                switch (reply) {
                  case Reply.Done done -> complete.apply(responseType.cast(done.response()));
                  case Reply.Refused refused -> throw new MetastoreException(refused.code());
                });
  }

  /** Raises the alarm, so that every member refuses from now on, and refuses. */
  private <R> CompletableFuture<R> refuseForSpace(Duration timeout) {
    AlarmMember alarm =
        AlarmMember.newBuilder()
            .setMemberID(consensus.status().memberId())
            .setAlarm(AlarmType.NOSPACE)
            .build();
    CompletableFuture<?> raised =
        alarms().contains(alarm)
            ? CompletableFuture.completedFuture(null)
            : alarm(
                AlarmRequest.newBuilder()
                    .setAction(AlarmRequest.AlarmAction.ACTIVATE)
                    .setMemberID(alarm.getMemberID())
                    .setAlarm(alarm.getAlarm())
                    .build(),
                timeout);
    // Whatever became of the alarm, there is no space here.
    return raised.handle(
        (done, failure) -> {
          throw new MetastoreException(ErrorCode.NO_SPACE);
        });
  }

  @Override
  public CompletableFuture<AlarmResponse> alarm(AlarmRequest request, Duration timeout) {
    return propose(
        () -> {},
        Proposal.newBuilder().setAlarm(request),
        0,
        timeout,
        AlarmResponse.Builder.class,
        response -> response.setHeader(complete(response.getHeader())).build());
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
        propose(
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
