package io.metastore.app.bench;

import com.google.protobuf.ByteString;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.metastore.app.grpc.stub.KVGrpc;
import io.metastore.core.message.CompactionRequest;
import io.metastore.core.message.CompactionResponse;
import io.metastore.core.message.KeyValue;
import io.metastore.core.message.PutRequest;
import io.metastore.core.message.PutResponse;
import io.metastore.core.message.RangeRequest;
import io.metastore.core.message.RangeResponse;
import io.metastore.core.message.RequestOp;
import io.metastore.core.message.ResponseHeader;
import io.metastore.core.message.TxnRequest;
import io.metastore.core.message.TxnResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/**
 * A key-value server in this process, on a real socket, that counts and can be told to fail; with
 * watches and leases.
 */
final class FakeKv extends KVGrpc.KVImplBase implements AutoCloseable {
  final Map<ByteString, ByteString> stored = new ConcurrentHashMap<>();
  final AtomicInteger puts = new AtomicInteger();
  final AtomicInteger ranges = new AtomicInteger();
  final AtomicInteger txns = new AtomicInteger();
  final FakeWatches watches = new FakeWatches();
  final FakeLeases leases = new FakeLeases();
  final AtomicLong revision = new AtomicLong(1);
  final AtomicLong compacted = new AtomicLong();
  final AtomicInteger inFlightMax = new AtomicInteger();
  private final AtomicInteger inFlight = new AtomicInteger();
  private final Server server;

  /** The status of the n-th put, counted from 1. */
  volatile Function<Integer, Status> putStatus = n -> Status.OK;

  /** The flag of every transaction's answer. */
  volatile boolean txnSucceeds = true;

  /** How compactions end. */
  volatile Status compactionStatus = Status.OK;

  /** How many puts a compaction lasts. */
  volatile int compactionPuts;

  private volatile int compactionEnds;
  private final AtomicReference<Runnable> compaction = new AtomicReference<>(() -> {});

  /** Takes requests and never answers. */
  volatile boolean silent;

  FakeKv() throws IOException {
    this(Integer.MAX_VALUE);
  }

  FakeKv(int streamsMax) throws IOException {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .maxConcurrentCallsPerConnection(streamsMax)
            .addService(this)
            .addService(watches)
            .addService(leases)
            .build()
            .start();
  }

  String endpoint() {
    return "127.0.0.1:" + server.getPort();
  }

  @Override
  public void put(PutRequest request, StreamObserver<PutResponse> out) {
    if (silent) {
      return;
    }
    inFlightMax.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
    Status status = putStatus.apply(puts.incrementAndGet());
    if (status.isOk()) {
      put(request);
    }
    endCompaction();
    inFlight.decrementAndGet();
    answer(status, PutResponse.getDefaultInstance(), out);
  }

  private void put(PutRequest request) {
    stored.put(request.getKey(), request.getValue());
    watches.put(request.getKey(), request.getValue(), revision);
  }

  /** Takes the branch of success, if it has a comparison and no key twice. */
  @Override
  public void txn(TxnRequest request, StreamObserver<TxnResponse> out) {
    txns.incrementAndGet();
    Set<ByteString> keys = new HashSet<>();
    for (RequestOp operation : request.getSuccessList()) {
      PutRequest put = operation.getRequestPut();
      if (operation.hasRequestPut() && !keys.add(put.getKey())) {
        answer(Status.INVALID_ARGUMENT, TxnResponse.getDefaultInstance(), out);
        return;
      }
      if (operation.hasRequestPut()) {
        put(put);
      }
    }
    answer(
        Status.OK,
        TxnResponse.newBuilder()
            .setHeader(ResponseHeader.newBuilder().setRevision(revision.get()))
            .setSucceeded(txnSucceeds && request.getCompareCount() == 1)
            .build(),
        out);
  }

  /** Answers after as many more puts as {@link #compactionPuts} says. */
  @Override
  public void compact(CompactionRequest request, StreamObserver<CompactionResponse> out) {
    if (request.getPhysical()) {
      compacted.set(request.getRevision());
    }
    compactionEnds = puts.get() + compactionPuts;
    compaction.set(() -> answer(compactionStatus, CompactionResponse.getDefaultInstance(), out));
    endCompaction();
  }

  private void endCompaction() {
    if (puts.get() >= compactionEnds) {
      compaction.getAndSet(() -> {}).run();
    }
  }

  @Override
  public void range(RangeRequest request, StreamObserver<RangeResponse> out) {
    ranges.incrementAndGet();
    RangeResponse.Builder response =
        RangeResponse.newBuilder()
            .setHeader(ResponseHeader.newBuilder().setRevision(revision.get()));
    ByteString value = stored.get(request.getKey());
    if (value != null) {
      response.addKvs(KeyValue.newBuilder().setKey(request.getKey()).setValue(value)).setCount(1);
    }
    answer(Status.OK, response.build(), out);
  }

  private static <T> void answer(Status status, T response, StreamObserver<T> out) {
    if (status.isOk()) {
      out.onNext(response);
      out.onCompleted();
    } else {
      out.onError(status.asRuntimeException());
    }
  }

  @Override
  public void close() {
    server.shutdownNow();
  }
}
