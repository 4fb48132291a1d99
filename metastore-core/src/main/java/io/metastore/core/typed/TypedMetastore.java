package io.metastore.core.typed;

import io.metastore.api.Delete;
import io.metastore.api.DeleteResult;
import io.metastore.api.ErrorCode;
import io.metastore.api.KeyValue;
import io.metastore.api.Lease;
import io.metastore.api.LeaseStatus;
import io.metastore.api.Metastore;
import io.metastore.api.Put;
import io.metastore.api.PutResult;
import io.metastore.api.Range;
import io.metastore.api.RangeResult;
import io.metastore.api.RefusedException;
import io.metastore.api.Status;
import io.metastore.api.Txn;
import io.metastore.api.TxnResult;
import io.metastore.api.Watch;
import io.metastore.api.WatchOptions;
import io.metastore.core.message.CompactionRequest;
import io.metastore.core.message.LeaseGrantRequest;
import io.metastore.core.message.LeaseGrantResponse;
import io.metastore.core.message.LeaseLeasesRequest;
import io.metastore.core.message.LeaseRevokeRequest;
import io.metastore.core.message.LeaseTimeToLiveRequest;
import io.metastore.core.message.LeaseTimeToLiveResponse;
import io.metastore.core.message.TxnResponse;
import io.metastore.core.task.TaskScope;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/** The typed API over whoever answers etcd's messages. Thread-safe. */
public final class TypedMetastore implements Metastore {
  private final StoreCalls calls;
  private final Duration timeout;
  private final List<URI> endpoints;
  private final Runnable closer;
  private final TaskScope scope;
  private final Set<TypedWatch> watches;
  private final Set<TypedLease> leases;
  private final AtomicBoolean closing;
  private final CompletableFuture<Void> closed;
  // Fails when the store stops by itself; completes when it was closed before that.
  private final CompletableFuture<Void> ended;

  /**
   * A store.
   *
   * @param calls answers
   * @param timeout how long a call waits
   * @param endpoints where other programs reach it
   * @param stopped fails when who answers has stopped by itself
   * @param closer called once, at the end
   */
  public TypedMetastore(
      StoreCalls calls,
      Duration timeout,
      List<URI> endpoints,
      CompletableFuture<Void> stopped,
      Runnable closer) {
    this.calls = calls;
    this.timeout = timeout;
    this.endpoints = List.copyOf(endpoints);
    this.closer = closer;
    scope = TaskScope.open("metastore");
    watches = ConcurrentHashMap.newKeySet();
    leases = ConcurrentHashMap.newKeySet();
    closing = new AtomicBoolean();
    closed = new CompletableFuture<>();
    ended = new CompletableFuture<>();
    CompletableFuture<Boolean> unused =
        stopped.handle((done, failure) -> failure != null && ended.completeExceptionally(failure));
  }

  /** The same store with another timeout. */
  private TypedMetastore(TypedMetastore other, Duration timeout) {
    this.timeout = timeout;
    calls = other.calls;
    endpoints = other.endpoints;
    closer = other.closer;
    scope = other.scope;
    watches = other.watches;
    leases = other.leases;
    closing = other.closing;
    closed = other.closed;
    ended = other.ended;
  }

  @Override
  public Metastore withTimeout(Duration other) {
    if (!other.isPositive()) {
      throw new IllegalArgumentException("a timeout must be positive: " + other);
    }
    return new TypedMetastore(this, other);
  }

  @Override
  public RangeResult range(Range range) {
    requireOpen();
    return FromMessages.range(
        Answers.ofRead(calls.range(ToMessages.range(range), timeout), timeout));
  }

  @Override
  public Stream<KeyValue> stream(Range range) {
    requireOpen();
    return KeyPieces.stream(calls, range, timeout);
  }

  @Override
  public PutResult put(Put put) {
    requireOpen();
    return FromMessages.put(Answers.ofWrite(calls.put(ToMessages.put(put), timeout), timeout));
  }

  @Override
  public DeleteResult delete(Delete delete) {
    requireOpen();
    return FromMessages.delete(
        Answers.ofWrite(calls.deleteRange(ToMessages.delete(delete), timeout), timeout));
  }

  @Override
  public TxnResult txn(Txn txn) {
    requireOpen();
    CompletableFuture<TxnResponse> answer = calls.txn(ToMessages.txn(txn), timeout);
    return FromMessages.txn(
        ToMessages.isReadOnly(txn)
            ? Answers.ofRead(answer, timeout)
            : Answers.ofWrite(answer, timeout));
  }

  @Override
  public Watch watch(WatchOptions options) {
    requireOpen();
    TypedWatch watch = TypedWatch.open(calls, options, watches::remove);
    watches.add(watch);
    // Either the one who closes sees the watch, or this sees that the store is closing.
    if (closing.get() || watch.outcome().isPresent()) {
      watches.remove(watch);
      if (closing.get()) {
        watch.close();
      }
    }
    return watch;
  }

  @Override
  public Lease lease(Duration ttl) {
    requireOpen();
    long asked = System.nanoTime();
    LeaseGrantRequest request = LeaseGrantRequest.newBuilder().setTTL(ttl.toSeconds()).build();
    LeaseGrantResponse granted = Answers.ofWrite(calls.leaseGrant(request, timeout), timeout);
    TypedLease lease =
        new TypedLease(this, calls, granted.getID(), Duration.ofSeconds(granted.getTTL()), asked);
    leases.add(lease);
    try {
      scope.fork(
          "lease-" + Long.toString(granted.getID(), 16),
          () -> {
            try {
              lease.renew();
            } finally {
              lease.abandon();
              leases.remove(lease);
            }
          });
    } catch (IllegalStateException e) {
      lease.abandon();
      leases.remove(lease);
      throw new RefusedException(ErrorCode.STOPPED, "the store is closed");
    }
    return lease;
  }

  @Override
  public List<Long> leases() {
    requireOpen();
    return Answers.ofRead(
            calls.leaseLeases(LeaseLeasesRequest.getDefaultInstance(), timeout), timeout)
        .getLeasesList()
        .stream()
        .map(lease -> lease.getID())
        .toList();
  }

  @Override
  public Optional<LeaseStatus> leaseStatus(long id) {
    requireOpen();
    LeaseTimeToLiveRequest request =
        LeaseTimeToLiveRequest.newBuilder().setID(id).setKeys(true).build();
    LeaseTimeToLiveResponse status =
        Answers.ofRead(calls.leaseTimeToLive(request, timeout), timeout);
    return status.getTTL() < 0 ? Optional.empty() : Optional.of(FromMessages.lease(status));
  }

  @Override
  public boolean revokeLease(long id) {
    requireOpen();
    LeaseRevokeRequest request = LeaseRevokeRequest.newBuilder().setID(id).build();
    try {
      Answers.ofWrite(calls.leaseRevoke(request, timeout), timeout);
      return true;
    } catch (RefusedException e) {
      if (e.code() == ErrorCode.LEASE_NOT_FOUND) {
        return false;
      }
      throw e;
    }
  }

  @Override
  public void compact(long revision) {
    requireOpen();
    CompactionRequest request = CompactionRequest.newBuilder().setRevision(revision).build();
    Answers.ofWrite(calls.compact(request, timeout), timeout);
  }

  @Override
  public Status status() {
    requireOpen();
    return FromMessages.status(Answers.ofRead(calls.status(timeout), timeout));
  }

  @Override
  public List<URI> endpoints() {
    return endpoints;
  }

  @Override
  public Optional<Throwable> failure() {
    return ended.isCompletedExceptionally() ? Optional.of(ended.exceptionNow()) : Optional.empty();
  }

  @Override
  public void awaitEnd() throws InterruptedException {
    try {
      ended.get();
    } catch (ExecutionException e) {
      // It is what failure() tells.
    }
  }

  @Override
  public void close() {
    if (!closing.compareAndSet(false, true)) {
      closed.join();
      return;
    }
    List<Runnable> steps = new ArrayList<>();
    watches.forEach(watch -> steps.add(watch::close));
    leases.forEach(lease -> steps.add(lease::abandon));
    steps.add(scope::close);
    steps.add(closer);
    try {
      runAll(steps);
    } finally {
      ended.complete(null);
      closed.complete(null);
    }
  }

  /** Runs each, also behind one that fails: what is left open by a close is left for ever. */
  private static void runAll(List<Runnable> steps) {
    Optional<RuntimeException> first = Optional.empty();
    for (Runnable step : steps) {
      try {
        step.run();
      } catch (RuntimeException e) {
        first.ifPresent(failure -> failure.addSuppressed(e));
        first = first.or(() -> Optional.of(e));
      }
    }
    if (first.isPresent()) {
      throw first.get();
    }
  }

  private void requireOpen() {
    if (closing.get()) {
      throw new RefusedException(ErrorCode.STOPPED, "the store is closed");
    }
    Optional<Throwable> failure = failure();
    if (failure.isPresent()) {
      throw new RefusedException(
          ErrorCode.STOPPED, "the store has stopped by itself: " + failure.get());
    }
  }
}
