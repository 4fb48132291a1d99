package io.metastore.app.differential;

import io.grpc.stub.StreamObserver;
import io.metastore.app.grpc.stub.WatchGrpc;
import io.metastore.core.message.Event;
import io.metastore.core.message.WatchCreateRequest;
import io.metastore.core.message.WatchRequest;
import io.metastore.core.message.WatchResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A watch stream of one server, and what has come on it by watch. */
final class WatchStream implements AutoCloseable {
  private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(20);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();
  // All guarded by the lock.
  private final List<WatchResponse> created = new ArrayList<>();
  private final Map<Long, List<Event>> events = new HashMap<>();
  private final Map<Long, WatchResponse> cancels = new HashMap<>();
  private final List<String> faults = new ArrayList<>();

  private final StreamObserver<WatchRequest> requests;

  WatchStream(WatchGrpc.WatchStub stub) {
    requests = stub.watch(new Responses());
  }

  private final class Responses implements StreamObserver<WatchResponse> {
    @Override
    public void onNext(WatchResponse response) {
      lock.lock();
      try {
        accept(response);
        arrived.signalAll();
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void onError(Throwable failure) {
      fault("stream failed: " + failure);
    }

    @Override
    public void onCompleted() {
      fault("stream ended");
    }
  }

  private void fault(String what) {
    lock.lock();
    try {
      faults.add(what);
      arrived.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void accept(WatchResponse response) {
    if (response.getCreated()) {
      created.add(response);
    } else if (response.getCanceled()) {
      cancels.put(response.getWatchId(), response);
    }
    if (response.getEventsCount() > 0) {
      List<Event> before = events.computeIfAbsent(response.getWatchId(), id -> new ArrayList<>());
      long first = response.getEvents(0).getKv().getModRevision();
      if (!before.isEmpty() && before.getLast().getKv().getModRevision() >= first) {
        faults.add("revision " + first + " is in two responses, or comes late: " + response);
      }
      before.addAll(response.getEventsList());
      if (response.getHeader().getRevision() < before.getLast().getKv().getModRevision()) {
        faults.add("an event is newer than the header: " + response);
      }
    }
  }

  /** Opens a watch and waits for the answer, so that what comes next is an event for it. */
  WatchResponse create(WatchCreateRequest request) throws InterruptedException {
    lock.lock();
    try {
      int before = created.size();
      requests.onNext(WatchRequest.newBuilder().setCreateRequest(request).build());
      return await(() -> created.size() > before ? created.get(before) : null, "no answer");
    } finally {
      lock.unlock();
    }
  }

  /** All events of a watch, when one of at least some revision or a cancel has come. */
  List<Event> events(long id, long revision) throws InterruptedException {
    lock.lock();
    try {
      return await(() -> complete(id, revision), "no event of revision " + revision);
    } finally {
      lock.unlock();
    }
  }

  private @Nullable List<Event> complete(long id, long revision) {
    List<Event> so = events.getOrDefault(id, List.of());
    boolean last = !so.isEmpty() && so.getLast().getKv().getModRevision() >= revision;
    return last || cancels.containsKey(id) ? List.copyOf(so) : null;
  }

  /** How a watch was cancelled; the default instance when it was not. */
  WatchResponse cancel(long id) {
    lock.lock();
    try {
      return cancels.getOrDefault(id, WatchResponse.getDefaultInstance());
    } finally {
      lock.unlock();
    }
  }

  private <T> T await(Supplier<@Nullable T> condition, String missing) throws InterruptedException {
    long left = DEADLINE_NANOS;
    T value = condition.get();
    while (value == null) {
      if (!faults.isEmpty() || left <= 0) {
        throw new IllegalStateException(faults.isEmpty() ? missing : faults.toString());
      }
      left = arrived.awaitNanos(left);
      value = condition.get();
    }
    if (!faults.isEmpty()) {
      throw new IllegalStateException(faults.toString());
    }
    return value;
  }

  @Override
  public void close() {
    requests.onCompleted();
  }
}
