package io.metastore.app.bench;

import com.google.protobuf.ByteString;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.metastore.app.grpc.stub.KVGrpc;
import io.metastore.core.message.KeyValue;
import io.metastore.core.message.PutRequest;
import io.metastore.core.message.PutResponse;
import io.metastore.core.message.RangeRequest;
import io.metastore.core.message.RangeResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** A key-value server in this process, on a real socket, that counts and can be told to fail. */
final class FakeKv extends KVGrpc.KVImplBase implements AutoCloseable {
  final Map<ByteString, ByteString> stored = new ConcurrentHashMap<>();
  final AtomicInteger puts = new AtomicInteger();
  final AtomicInteger ranges = new AtomicInteger();
  final AtomicInteger inFlightMax = new AtomicInteger();
  private final AtomicInteger inFlight = new AtomicInteger();
  private final Server server;

  /** The status of the n-th put, counted from 1. */
  volatile Function<Integer, Status> putStatus = n -> Status.OK;

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
      stored.put(request.getKey(), request.getValue());
    }
    inFlight.decrementAndGet();
    answer(status, PutResponse.getDefaultInstance(), out);
  }

  @Override
  public void range(RangeRequest request, StreamObserver<RangeResponse> out) {
    ranges.incrementAndGet();
    RangeResponse.Builder response = RangeResponse.newBuilder();
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
