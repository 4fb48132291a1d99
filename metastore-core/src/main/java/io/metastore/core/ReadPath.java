package io.metastore.core;

import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.core.apply.StateMachine;
import io.metastore.core.hash.StoreHash;
import io.metastore.core.message.HashKVResponse;
import io.metastore.core.message.HashResponse;
import io.metastore.core.message.RangeRequest;
import io.metastore.core.message.RangeResponse;
import io.metastore.core.message.RangeStreamResponse;
import io.metastore.core.message.ResponseHeader;
import io.metastore.core.message.TxnRequest;
import io.metastore.core.message.TxnResponse;
import io.metastore.core.mvcc.PublishedView;
import io.metastore.core.mvcc.RangeChunks;
import io.metastore.core.mvcc.RangeReader;
import io.metastore.core.quota.Admission;
import io.metastore.core.txn.Txns;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/**
 * How a read gets its answer: past the barrier unless it is serializable, then from one published
 * view, against which its caller's permissions are checked as well.
 *
 * <p>Thread-safe; nothing blocks. One-key reads run on the thread that calls, or that passes the
 * read barrier; longer ones on the scan executor, whose threads may be held by native calls.
 */
final class ReadPath {
  private final StateMachine stateMachine;
  private final Consensus consensus;
  private final Executor scans;
  private final Caller caller;

  ReadPath(StateMachine stateMachine, Consensus consensus, Executor scans, Caller caller) {
    this.stateMachine = stateMachine;
    this.consensus = consensus;
    this.scans = scans;
    this.caller = caller;
  }

  ReadPath as(Caller other) {
    return new ReadPath(stateMachine, consensus, scans, other);
  }

  /** Reads keys; the request was checked. */
  CompletableFuture<RangeResponse> range(RangeRequest request) {
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

  /** Runs a transaction that only reads; the request was checked. */
  CompletableFuture<TxnResponse> txn(TxnRequest request) {
    return Txns.isSerializable(request)
        ? onScanThread(() -> read(request))
        : consensus.readBarrier().thenCompose(passed -> onScanThread(() -> read(request)));
  }

  /** Reads keys in pieces; the request was checked. */
  KeyStream rangeStream(RangeRequest request) {
    RangeChunks chunks = new RangeChunks(request);
    return () ->
        request.getSerializable() || chunks.started()
            ? onScanThread(() -> next(request, chunks))
            : consensus
                .readBarrier()
                .thenCompose(passed -> onScanThread(() -> next(request, chunks)));
  }

  /** Hashes history up to a revision. */
  CompletableFuture<HashKVResponse> hashKv(long revision) {
    return onScanThread(
        () -> {
          try (PublishedView view = stateMachine.acquire()) {
            HashKVResponse.Builder response = StoreHash.kv(view, revision);
            return response.setHeader(complete(response.getHeader())).build();
          }
        });
  }

  /** Hashes all replicated state. */
  CompletableFuture<HashResponse> hash() {
    return onScanThread(
        () -> {
          try (PublishedView view = stateMachine.acquire()) {
            HashResponse.Builder response = StoreHash.all(view);
            return response.setHeader(complete(response.getHeader())).build();
          }
        });
  }

  private RangeResponse read(RangeRequest request) {
    try (PublishedView view = acquireForRead()) {
      if (caller.isChecked()) {
        caller.permissions().check(request);
      }
      stateMachine.operations().read(1);
      RangeResponse.Builder response = RangeReader.range(view, request);
      return response.setHeader(complete(response.getHeader())).build();
    }
  }

  private TxnResponse read(TxnRequest request) {
    try (PublishedView view = acquireForRead()) {
      if (caller.isChecked()) {
        caller.permissions().check(request, view.view());
      }
      TxnResponse.Builder response = Txns.read(view, request);
      stateMachine.operations().read(Txns.countRanges(response));
      return response.setHeader(complete(response.getHeader())).build();
    }
  }

  private RangeStreamResponse next(RangeRequest request, RangeChunks chunks) {
    // A view for each piece: a slow client must not keep old data on the disk.
    try (PublishedView view = acquireForRead()) {
      if (caller.isChecked()) {
        caller.permissions().check(request);
      }
      if (!chunks.started()) {
        stateMachine.operations().read(1);
      }
      RangeResponse.Builder response = chunks.next(view);
      if (response.hasHeader()) {
        response.setHeader(complete(response.getHeader()));
      }
      return RangeStreamResponse.newBuilder().setRangeResponse(response).build();
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

  private ResponseHeader complete(ResponseHeader partial) {
    return ReplicatedStore.header(consensus.status(), partial.getRevision());
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

  private static <R> CompletableFuture<R> completed(Supplier<R> read) {
    try {
      return CompletableFuture.completedFuture(read.get());
    } catch (RuntimeException e) {
      // Of any kind: a caller that is handed a future looks for failures there.
      return CompletableFuture.failedFuture(e);
    }
  }
}
