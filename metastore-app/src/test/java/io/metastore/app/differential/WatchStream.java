package io.metastore.app.differential;

import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.metastore.app.grpc.stub.WatchGrpc;
import io.metastore.core.message.Event;
import io.metastore.core.message.WatchCancelRequest;
import io.metastore.core.message.WatchCreateRequest;
import io.metastore.core.message.WatchProgressRequest;
import io.metastore.core.message.WatchRequest;
import io.metastore.core.message.WatchResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A watch stream of one server, and what has come on it by watch. */
final class WatchStream implements AutoCloseable {
  private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(20);

  private final String server;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();
  // All guarded by the lock.
  private final List<WatchResponse> created = new ArrayList<>();
  private final List<WatchResponse> progress = new ArrayList<>();
  private final Map<Long, Told> watches = new HashMap<>();
  private final Map<Long, WatchResponse> cancels = new HashMap<>();
  private final List<String> faults = new ArrayList<>();
  private int fragments;

  private final ClientCallStreamObserver<WatchRequest> requests;

  /** Opens a stream of the server of a name. */
  WatchStream(String server, WatchGrpc.WatchStub stub) {
    this.server = server;
    requests = (ClientCallStreamObserver<WatchRequest>) stub.watch(new Responses());
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
      cancels.remove(response.getWatchId());
      watches.put(response.getWatchId(), new Told());
    } else if (response.getCanceled()) {
      cancels.put(response.getWatchId(), response);
    } else if (response.getEventsCount() > 0) {
      @Nullable Told watch = watches.get(response.getWatchId());
      if (watch == null || cancels.containsKey(response.getWatchId())) {
        faults.add("event for no watch: " + Answer.print(response));
      } else {
        watch.accept(response);
      }
    } else {
      progress.add(response);
      long revision = response.getHeader().getRevision();
      watches.values().forEach(watch -> watch.done = Math.max(watch.done, revision));
    }
  }

  /** What one watch has told. */
  private final class Told {
    private List<Event> events = new ArrayList<>();
    private final List<Event> fragmented = new ArrayList<>();
    private long last;
    private long done;

    void accept(WatchResponse response) {
      fragmented.addAll(response.getEventsList());
      if (response.getFragment()) {
        fragments++;
        return;
      }
      long first = fragmented.getFirst().getKv().getModRevision();
      if (first <= Math.max(last, done)) {
        faults.add(
            "revision %d is told after %d, with progress to %d: %s"
                .formatted(first, last, done, Answer.print(response)));
      }
      last = fragmented.getLast().getKv().getModRevision();
      if (response.getHeader().getRevision() < last) {
        faults.add("an event is newer than the header: " + Answer.print(response));
      }
      events.addAll(fragmented);
      fragmented.clear();
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

  /** Asks for a watch to end, as nothing answers when there is none of that id. */
  void cancel(WatchCancelRequest request) {
    requests.onNext(WatchRequest.newBuilder().setCancelRequest(request).build());
  }

  /** How a watch that was asked to end did so. */
  WatchResponse cancelled(long id) throws InterruptedException {
    lock.lock();
    try {
      return await(() -> cancels.get(id), "watch " + id + " is not cancelled");
    } finally {
      lock.unlock();
    }
  }

  /** Asks how far the stream is and waits for the answer. */
  WatchResponse progress() throws InterruptedException {
    lock.lock();
    try {
      int before = progress.size();
      requests.onNext(
          WatchRequest.newBuilder()
              .setProgressRequest(WatchProgressRequest.getDefaultInstance())
              .build());
      return await(() -> progress.size() > before ? progress.get(before) : null, "no progress");
    } finally {
      lock.unlock();
    }
  }

  /**
   * The events of a watch that were not taken yet, when one of at least some revision or a cancel
   * has come.
   */
  List<Event> take(long id, long revision) throws InterruptedException {
    lock.lock();
    try {
      Told watch = Objects.requireNonNull(watches.get(id), "watch was not created");
      return await(
          () -> watch.last >= revision || cancels.containsKey(id) ? taken(watch) : null,
          "no event of revision %d for watch %d".formatted(revision, id));
    } finally {
      lock.unlock();
    }
  }

  private static List<Event> taken(Told watch) {
    List<Event> events = watch.events;
    watch.events = new ArrayList<>();
    return events;
  }

  /** All watches that ended, by their ids, without those whose id was taken again. */
  Map<Long, WatchResponse> cancels() {
    lock.lock();
    try {
      return Map.copyOf(cancels);
    } finally {
      lock.unlock();
    }
  }

  /** How many responses said that the next one goes on with them. */
  int fragments() {
    lock.lock();
    try {
      return fragments;
    } finally {
      lock.unlock();
    }
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
    while (value == null && faults.isEmpty() && left > 0) {
      left = arrived.awaitNanos(left);
      value = condition.get();
    }
    if (value == null || !faults.isEmpty()) {
      throw new Fault(server + ": " + (faults.isEmpty() ? missing : faults));
    }
    return value;
  }

  /** A stream told what none may tell, or did not tell what it must. */
  static final class Fault extends RuntimeException {
    private static final long serialVersionUID = 1;

    Fault(String message) {
      super(message);
    }
  }

  /** Ends the stream: half-closing would not, as in etcd, and its watches would go on. */
  @Override
  public void close() {
    requests.cancel("the program is over", null);
  }
}
