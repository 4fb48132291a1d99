package io.metastore.core.lease;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.api.storage.StorageEngine;
import io.metastore.core.Engines;
import io.metastore.core.NodeMetrics;
import io.metastore.core.ReplicatedStore;
import io.metastore.core.apply.StateMachine;
import io.metastore.core.compact.Compactor;
import io.metastore.core.message.DeleteRangeRequest;
import io.metastore.core.message.LeaseGrantRequest;
import io.metastore.core.message.LeaseGrantResponse;
import io.metastore.core.message.LeaseKeepAliveRequest;
import io.metastore.core.message.LeaseKeepAliveResponse;
import io.metastore.core.message.LeaseLeasesRequest;
import io.metastore.core.message.LeaseRevokeRequest;
import io.metastore.core.message.LeaseRevokeResponse;
import io.metastore.core.message.LeaseStatus;
import io.metastore.core.message.LeaseTimeToLiveRequest;
import io.metastore.core.message.LeaseTimeToLiveResponse;
import io.metastore.core.message.PutRequest;
import io.metastore.core.message.RangeRequest;
import io.metastore.core.message.ResponseHeader;
import io.metastore.core.quota.Quota;
import io.metastore.core.watch.WatchHub;
import io.metastore.core.watch.WatchOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Store, state machine and expirer on a real engine, over a consensus and a clock by hand. */
final class LeaseRig implements AutoCloseable {
  static final Duration TIMEOUT = Duration.ofSeconds(20);
  static final Duration ELECTION = Duration.ofSeconds(1);
  static final long TTL_MIN = 2;

  final FakeConsensus consensus = new FakeConsensus();
  final HandClock clock = new HandClock();
  private final StorageEngine engine;
  private final Duration checkpointInterval;
  private StateMachine stateMachine;
  private LeaseExpirer expirer;
  private ReplicatedStore store;

  LeaseRig(Path directory) throws Exception {
    this(directory, Duration.ZERO);
  }

  LeaseRig(Path directory, Duration checkpointInterval) throws Exception {
    this.checkpointInterval = checkpointInterval;
    this.engine = Engines.open(directory);
    start();
  }

  private void start() throws InterruptedException {
    stateMachine = StateMachine.open(engine, consensus);
    consensus.applyTo(stateMachine);
    expirer =
        new LeaseExpirer(
            consensus,
            stateMachine::acquire,
            ELECTION,
            checkpointInterval,
            clock,
            NodeMetrics.NONE);
    stateMachine.tellOfLeases(expirer);
    store =
        new ReplicatedStore(
            stateMachine,
            consensus,
            WatchHub.open(
                stateMachine,
                revision -> ResponseHeader.getDefaultInstance(),
                WatchOptions.of(Duration.ofMinutes(10), 1 << 20)),
            engine::sizes,
            Runnable::run,
            new LeaseRenewer(consensus, expirer, LeasePeers.NONE, NodeMetrics.NONE),
            TTL_MIN,
            1 << 20,
            128,
            "3.6.0",
            new ReplicatedStore.Upkeep(
                new Compactor(stateMachine::acquire, System::nanoTime),
                new Quota(Quota.UNLIMITED, () -> 0, System::nanoTime)));
    expirer.check();
  }

  /** What was in memory only is lost; the log goes on in a new term. */
  void restart() throws InterruptedException {
    stateMachine.close();
    consensus.lead();
    start();
  }

  /** Lets time go by, with a check every interval. */
  void pass(Duration time) throws InterruptedException {
    for (Duration left = time; left.isPositive(); left = left.minus(LeaseExpirer.CHECK_INTERVAL)) {
      clock.move(LeaseExpirer.CHECK_INTERVAL);
      check();
    }
  }

  void check() throws InterruptedException {
    expirer.check();
  }

  ReplicatedStore store() {
    return store;
  }

  StateMachine stateMachine() {
    return stateMachine;
  }

  long revision() {
    return stateMachine.state().revision();
  }

  /** The outcome of what must be over by now. */
  static <R> R now(CompletableFuture<R> future) {
    assertTrue(future.isDone(), "not answered yet");
    return future.join();
  }

  static ErrorCode refusal(CompletableFuture<?> future) {
    assertTrue(future.isDone(), "not answered yet");
    ExecutionException e = assertThrows(ExecutionException.class, future::get);
    return assertInstanceOf(MetastoreException.class, e.getCause()).code();
  }

  CompletableFuture<LeaseGrantResponse> startGrant(long id, long ttl) {
    return store.leaseGrant(LeaseGrantRequest.newBuilder().setID(id).setTTL(ttl).build(), TIMEOUT);
  }

  LeaseGrantResponse grant(long id, long ttl) {
    return now(startGrant(id, ttl));
  }

  CompletableFuture<LeaseRevokeResponse> revoke(long id) {
    return store.leaseRevoke(LeaseRevokeRequest.newBuilder().setID(id).build(), TIMEOUT);
  }

  CompletableFuture<LeaseKeepAliveResponse> startKeepAlive(long id) {
    return store.leaseKeepAlive(LeaseKeepAliveRequest.newBuilder().setID(id).build(), TIMEOUT);
  }

  long keepAlive(long id) {
    return now(startKeepAlive(id)).getTTL();
  }

  LeaseTimeToLiveResponse timeToLive(long id) {
    return now(
        store.leaseTimeToLive(
            LeaseTimeToLiveRequest.newBuilder().setID(id).setKeys(true).build(), TIMEOUT));
  }

  List<String> keysOf(long id) {
    return timeToLive(id).getKeysList().stream().map(ByteString::toStringUtf8).toList();
  }

  List<Long> leases() {
    return now(store.leaseLeases(LeaseLeasesRequest.getDefaultInstance(), TIMEOUT))
        .getLeasesList()
        .stream()
        .map(LeaseStatus::getID)
        .toList();
  }

  boolean exists(long id) {
    return leases().contains(id);
  }

  static PutRequest putRequest(String key, long lease) {
    return PutRequest.newBuilder().setKey(ByteString.copyFromUtf8(key)).setLease(lease).build();
  }

  void put(String key, long lease) {
    now(store.put(putRequest(key, lease), TIMEOUT));
  }

  void delete(String key) {
    now(
        store.deleteRange(
            DeleteRangeRequest.newBuilder().setKey(ByteString.copyFromUtf8(key)).build(), TIMEOUT));
  }

  /** The lease of a live key; empty list when the key is not live. */
  List<Long> leaseOf(String key) {
    return now(
            store.range(
                RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8(key)).build(), TIMEOUT))
        .getKvsList()
        .stream()
        .map(kv -> kv.getLease())
        .toList();
  }

  @Override
  public void close() {
    stateMachine.close();
    engine.close();
  }
}
