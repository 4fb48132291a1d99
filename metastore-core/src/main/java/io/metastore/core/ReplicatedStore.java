package io.metastore.core;

import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.api.storage.StorageSizes;
import io.metastore.core.apply.StateMachine;
import io.metastore.core.message.DeleteRangeRequest;
import io.metastore.core.message.DeleteRangeResponse;
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
import io.metastore.core.mvcc.RangeReader;
import io.metastore.core.txn.Txns;
import io.metastore.core.watch.WatchHub;
import io.metastore.core.watch.WatchReceiver;
import io.metastore.core.watch.WatchStream;
import java.time.Duration;
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

  /**
   * Creates the façade; it owns none of its collaborators.
   *
   * @param watches follows the state machine
   * @param sizes of the storage engine
   * @param scans runs reads of more than one key
   * @param requestBytesMax largest proposal in bytes
   * @param txnOpsMax most compares, or operations of a branch, in a transaction
   * @param serverVersion as {@code Status} tells it
   */
  public ReplicatedStore(
      StateMachine stateMachine,
      Consensus consensus,
      WatchHub watches,
      Supplier<StorageSizes> sizes,
      Executor scans,
      int requestBytesMax,
      int txnOpsMax,
      String serverVersion) {
    this.stateMachine = stateMachine;
    this.consensus = consensus;
    this.watches = watches;
    this.sizes = sizes;
    this.scans = scans;
    this.requestBytesMax = requestBytesMax;
    this.txnOpsMax = txnOpsMax;
    this.serverVersion = serverVersion;
  }

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

  private RangeResponse read(RangeRequest request) {
    try (PublishedView view = stateMachine.acquire()) {
      RangeResponse.Builder response = RangeReader.range(view, request);
      return response.setHeader(complete(response.getHeader())).build();
    }
  }

  @Override
  public CompletableFuture<PutResponse> put(PutRequest request, Duration timeout) {
    return propose(
        () -> Requests.check(request),
        Proposal.newBuilder().setPut(request),
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
    try (PublishedView view = stateMachine.acquire()) {
      TxnResponse.Builder response = Txns.read(view, request);
      return response.setHeader(complete(response.getHeader())).build();
    }
  }

  private <B, R> CompletableFuture<R> propose(
      Runnable check,
      Proposal.Builder builder,
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
    return consensus
        .propose(proposal, timeout)
        .thenApply(
            reply ->
                switch (reply) {
                  case Reply.Done done -> complete.apply(responseType.cast(done.response()));
                  case Reply.Refused refused -> throw new MetastoreException(refused.code());
                });
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
            .setStorageVersion(serverVersion.replaceFirst("\\.[^.]*$", ".0"));
    if (!status.hasLeader()) {
      response.addErrors(ErrorCode.NO_LEADER.text());
    }
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
