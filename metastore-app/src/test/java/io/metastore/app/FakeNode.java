package io.metastore.app;

import io.metastore.api.storage.StorageSizes;
import io.metastore.core.ConsensusStatus;
import io.metastore.core.auth.AuthStore;
import io.metastore.raft.Node;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** A node without consensus or storage over a {@link FakeStore}. */
public final class FakeNode implements Node {
  private final FakeStore store = new FakeStore();
  private final FakeAuthStore auth = new FakeAuthStore();
  private final FakeClusterStore cluster = new FakeClusterStore();
  private final CompletableFuture<Void> terminated = new CompletableFuture<>();
  private final AtomicInteger closes = new AtomicInteger();
  private volatile long leader = 0x2002;
  private volatile boolean learner;

  @Override
  public FakeStore store() {
    return store;
  }

  @Override
  public AuthStore auth() {
    return auth;
  }

  @Override
  public FakeClusterStore cluster() {
    return cluster;
  }

  /** The member has no vote from now on. */
  public void becomeLearner() {
    learner = true;
  }

  /** The member knows of no leader from now on. */
  public void loseLeader() {
    leader = 0;
  }

  /** The node stops by itself. */
  public void fail(Throwable cause) {
    terminated.completeExceptionally(cause);
  }

  /** How often it was closed. */
  public int closes() {
    return closes.get();
  }

  @Override
  public ConsensusStatus consensus() {
    return new ConsensusStatus(0x1001, 0x2002, leader, 2, 7, 6, learner);
  }

  @Override
  public StorageSizes storageSizes() {
    return new StorageSizes(4096, 1024);
  }

  @Override
  public Map<String, Long> storageStatistics() {
    return Map.of("block_cache_bytes", 11L);
  }

  @Override
  public Map<String, Long> storeStatistics() {
    return Map.of("keys", 3L, "revision", 5L, "puts", 8L, "published_views", 2L);
  }

  @Override
  public void ignore(Set<Long> members) {}

  @Override
  public void skipLeaseTime(Duration time) {
    // There are no leases.
  }

  @Override
  public boolean awaitReady(Duration timeout) {
    return true;
  }

  @Override
  public CompletableFuture<Void> terminated() {
    return terminated;
  }

  @Override
  public void close() {
    closes.incrementAndGet();
    terminated.complete(null);
  }
}
