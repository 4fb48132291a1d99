package io.metastore.app.bench;

import com.google.protobuf.ByteString;
import io.grpc.stub.StreamObserver;
import io.metastore.app.grpc.stub.WatchGrpc;
import io.metastore.core.message.Event;
import io.metastore.core.message.KeyValue;
import io.metastore.core.message.WatchCreateRequest;
import io.metastore.core.message.WatchRequest;
import io.metastore.core.message.WatchResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/** Watches of keys and ranges; can be told to lose events, to repeat them, and to cancel. */
final class FakeWatches extends WatchGrpc.WatchImplBase {
  private final ReentrantLock lock = new ReentrantLock();
  // Guarded by lock, as is the use of the streams.
  private final List<Watch> watches = new ArrayList<>();
  private int sent;

  /** The n-th event, counted from 1 over all watches, is lost. */
  volatile int lost;

  /** The n-th event comes twice. */
  volatile int repeated;

  /** Watches are canceled at once. */
  volatile boolean canceling;

  private record Watch(WatchCreateRequest request, StreamObserver<WatchResponse> out) {
    boolean covers(ByteString key) {
      ByteString end = request.getRangeEnd();
      var order = ByteString.unsignedLexicographicalComparator();
      return end.isEmpty()
          ? request.getKey().equals(key)
          : order.compare(request.getKey(), key) <= 0 && order.compare(key, end) < 0;
    }
  }

  /** How many there are. */
  int count() {
    lock.lock();
    try {
      return watches.size();
    } finally {
      lock.unlock();
    }
  }

  /** The keys that are watched, each as often as it is. */
  List<ByteString> keys() {
    lock.lock();
    try {
      return watches.stream().map(watch -> watch.request().getKey()).toList();
    } finally {
      lock.unlock();
    }
  }

  /** Tells all who watch the key; the revision is taken under the lock, for the order. */
  void put(ByteString key, ByteString value, AtomicLong revision) {
    lock.lock();
    try {
      KeyValue kv =
          KeyValue.newBuilder()
              .setKey(key)
              .setValue(value)
              .setModRevision(revision.incrementAndGet())
              .build();
      for (Watch watch : watches) {
        if (watch.covers(key)) {
          event(watch, kv);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private void event(Watch watch, KeyValue kv) {
    WatchResponse response =
        WatchResponse.newBuilder()
            .setWatchId(watch.request().getWatchId())
            .addEvents(Event.newBuilder().setKv(kv))
            .build();
    sent++;
    if (sent != lost) {
      watch.out().onNext(response);
    }
    if (sent == repeated) {
      watch.out().onNext(response);
    }
  }

  @Override
  public StreamObserver<WatchRequest> watch(StreamObserver<WatchResponse> out) {
    return new StreamObserver<>() {
      @Override
      public void onNext(WatchRequest request) {
        lock.lock();
        try {
          create(request.getCreateRequest(), out);
        } finally {
          lock.unlock();
        }
      }

      @Override
      public void onError(Throwable cause) {}

      @Override
      public void onCompleted() {}
    };
  }

  private void create(WatchCreateRequest request, StreamObserver<WatchResponse> out) {
    WatchResponse.Builder response =
        WatchResponse.newBuilder().setWatchId(request.getWatchId()).setCreated(true);
    out.onNext(response.build());
    if (canceling) {
      out.onNext(response.setCreated(false).setCanceled(true).setCancelReason("so told").build());
    } else {
      watches.add(new Watch(request, out));
    }
  }
}
