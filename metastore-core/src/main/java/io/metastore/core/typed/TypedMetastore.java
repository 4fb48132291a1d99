package io.metastore.core.typed;

import io.metastore.api.Delete;
import io.metastore.api.DeleteResult;
import io.metastore.api.ErrorCode;
import io.metastore.api.KeyValue;
import io.metastore.api.Lease;
import io.metastore.api.LeaseStatus;
import io.metastore.api.Metastore;
import io.metastore.api.MetastoreException;
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
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/** The typed API over whoever answers etcd's messages. Thread-safe. */
public final class TypedMetastore implements Metastore {
  private final StoreCalls calls;
  private final Duration timeout;
  private final List<URI> endpoints;
  private final Runnable closer;
  private final TaskScope scope = TaskScope.open("metastore");
  private final Set<TypedWatch> watches = ConcurrentHashMap.newKeySet();
  private final Set<TypedLease> leases = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean closing = new AtomicBoolean();
  private final CompletableFuture<Void> closed = new CompletableFuture<>();

  /**
   * A store.
   *
   * @param calls answers
   * @param timeout how long a call waits
   * @param endpoints where other programs reach it
   * @param closer called once, at the end
   */
  public TypedMetastore(StoreCalls calls, Duration timeout, List<URI> endpoints, Runnable closer) {
    this.calls = calls;
    this.timeout = timeout;
    this.endpoints = List.copyOf(endpoints);
    this.closer = closer;
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
      throw MetastoreException.of(ErrorCode.STOPPED);
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
  public void close() {
    if (!closing.compareAndSet(false, true)) {
      closed.join();
      return;
    }
    try {
      watches.forEach(TypedWatch::close);
      leases.forEach(TypedLease::abandon);
      scope.close();
      closer.run();
    } finally {
      closed.complete(null);
    }
  }

  private void requireOpen() {
    if (closing.get()) {
      throw MetastoreException.of(ErrorCode.STOPPED);
    }
  }
}
