package io.metastore.app.bench;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.metastore.app.grpc.stub.LeaseGrpc;
import io.metastore.core.message.LeaseGrantRequest;
import io.metastore.core.message.LeaseGrantResponse;
import io.metastore.core.message.LeaseKeepAliveRequest;
import io.metastore.core.message.LeaseKeepAliveResponse;
import io.metastore.core.message.LeaseRevokeRequest;
import io.metastore.core.message.LeaseRevokeResponse;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Leases that never end by themselves, counted. */
final class FakeLeases extends LeaseGrpc.LeaseImplBase {
  /** How often each lease was renewed. */
  final Map<Long, AtomicInteger> renewals = new ConcurrentHashMap<>();

  final AtomicInteger streams = new AtomicInteger();
  final AtomicInteger revoked = new AtomicInteger();
  private final AtomicLong ids = new AtomicLong(1000);
  private final AtomicInteger answered = new AtomicInteger();

  /** The n-th renewal, counted from 1, ends its stream. */
  volatile int breaking;

  /** The n-th renewal finds no lease. */
  volatile int gone;

  @Override
  public void leaseGrant(LeaseGrantRequest request, StreamObserver<LeaseGrantResponse> out) {
    long id = ids.incrementAndGet();
    renewals.put(id, new AtomicInteger());
    out.onNext(LeaseGrantResponse.newBuilder().setID(id).setTTL(request.getTTL()).build());
    out.onCompleted();
  }

  @Override
  public void leaseRevoke(LeaseRevokeRequest request, StreamObserver<LeaseRevokeResponse> out) {
    revoked.incrementAndGet();
    out.onNext(LeaseRevokeResponse.getDefaultInstance());
    out.onCompleted();
  }

  @Override
  public StreamObserver<LeaseKeepAliveRequest> leaseKeepAlive(
      StreamObserver<LeaseKeepAliveResponse> out) {
    streams.incrementAndGet();
    return new StreamObserver<>() {
      @Override
      public void onNext(LeaseKeepAliveRequest request) {
        int n = answered.incrementAndGet();
        if (n == breaking) {
          out.onError(Status.UNAVAILABLE.withDescription("so told").asRuntimeException());
          return;
        }
        AtomicInteger renewed = renewals.get(request.getID());
        int ttl = renewed == null || n == gone ? 0 : 60;
        if (renewed != null) {
          renewed.incrementAndGet();
        }
        out.onNext(LeaseKeepAliveResponse.newBuilder().setID(request.getID()).setTTL(ttl).build());
      }

      @Override
      public void onError(Throwable cause) {}

      @Override
      public void onCompleted() {}
    };
  }
}
