package io.metastore.raft;

import io.metastore.api.MetastoreException;
import io.metastore.api.storage.StorageEngine;
import io.metastore.api.storage.StorageSizes;
import io.metastore.core.ConsensusStatus;
import io.metastore.core.MetadataStore;
import io.metastore.core.NodeMetrics;
import io.metastore.core.ReplicatedStore;
import io.metastore.core.apply.StateMachine;
import io.metastore.core.compact.Compactor;
import io.metastore.core.lease.LeaseExpirer;
import io.metastore.core.lease.LeasePeers;
import io.metastore.core.lease.LeaseRenewer;
import io.metastore.core.mvcc.StoreState;
import io.metastore.core.quota.Quota;
import io.metastore.core.task.TaskScope;
import io.metastore.core.watch.WatchHub;
import io.metastore.core.watch.WatchOptions;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.ratis.protocol.RaftPeerId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A member composed of its parts: proposer, read barrier, apply loop, flusher, Ratis and the
 * engine.
 *
 * <p>Thread-safe.
 */
final class RaftNode implements Node {
  private static final Logger LOG = LoggerFactory.getLogger(RaftNode.class);

  private static final Duration DRAIN_MAX = Duration.ofMillis(1500);
  private static final Duration CLOSE_STEP_MAX = Duration.ofSeconds(3);
  private static final Duration LEASE_CHECKPOINT_INTERVAL = Duration.ofMinutes(5);
  private static final int SCAN_THREADS = 2;
  private static final int READERS_MAX = 1 << 16;

  /** Clients take messages that are this much longer than a request, as in etcd. */
  private static final int RECEIVE_OVERHEAD_BYTES = 512 * 1024;

  private final NodeOptions options;
  private final DataDirectory directory;
  private final DataDirectory.Identity identity;
  private final StorageEngine engine;
  private final TaskScope scope;
  private final Proposer proposer;
  private final StateMachine stateMachine;
  private final Flusher flusher;
  private final Compactor compactor;
  private final ApplyLoop applyLoop;
  private final RatisRaftLog log;
  private final ReadBarrier readBarrier;
  // Long scans are native calls: they would pin the carriers of virtual threads.
  private final ExecutorService scans;
  private final WatchHub watches;
  private final LeaseExpirer leaseExpirer;
  private final MetadataStore store;

  private final CompletableFuture<Void> terminated = new CompletableFuture<>();
  // Set at the end of construction: until then there is nothing whole that could be closed.
  private final AtomicBoolean constructed = new AtomicBoolean();
  private final AtomicBoolean closing = new AtomicBoolean();
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile Optional<Exception> closeFailure = Optional.empty();

  private RaftNode(
      NodeOptions options,
      DataDirectory directory,
      DataDirectory.Identity identity,
      StorageEngine engine)
      throws IOException {
    this.options = options;
    this.directory = directory;
    this.identity = identity;
    this.engine = new MeteredEngine(engine, options.metrics());
    NodeMetrics metrics = options.metrics();
    scope = TaskScope.open(options.name(), this::failed);
    proposer = new Proposer(newOrigin(), options.proposalQueueMax(), DRAIN_MAX, metrics);
    stateMachine = StateMachine.open(this.engine, proposer);
    flusher = new Flusher(engine, stateMachine);
    compactor = new Compactor(stateMachine::acquire, System::nanoTime);
    stateMachine.listen((view, changes) -> compactor.published(view.state()));
    applyLoop = new ApplyLoop(stateMachine, flusher, metrics);
    watches = openWatches();
    applyLoop.start(scope);
    RatisMetrics.receive(RatisRaftLog.metricsName(identity), metrics);
    NodeConsensus consensus = new NodeConsensus(proposer, this::passReadBarrier, this::consensus);
    leaseExpirer =
        new LeaseExpirer(
            consensus,
            stateMachine::acquire,
            options.electionTimeout(),
            options.leaseCheckpoints() ? LEASE_CHECKPOINT_INTERVAL : Duration.ZERO,
            System::nanoTime,
            metrics);
    stateMachine.tellOfLeases(leaseExpirer);
    log = startLog();
    readBarrier = new ReadBarrier(log, READERS_MAX, requestTimeout(), metrics);
    scans =
        Executors.newFixedThreadPool(
            SCAN_THREADS,
            Thread.ofPlatform().daemon().name(options.name() + "/scan-", 0).factory());
    Quota quota =
        new Quota(
            options.upkeep().quotaBytes(), () -> engine.sizes().totalBytes(), System::nanoTime);
    store =
        new ReplicatedStore(
            stateMachine,
            consensus,
            watches,
            engine::sizes,
            scans,
            new LeaseRenewer(consensus, leaseExpirer, LeasePeers.NONE, metrics),
            LeaseExpirer.ttlSecondsMin(options.electionTimeout()),
            options.requestBytesMax(),
            options.txnOpsMax(),
            options.serverVersion(),
            new ReplicatedStore.Upkeep(compactor, quota));
    startLoops(quota);
    constructed.set(true);
    if (terminated.isDone()) {
      closeAfterFailure();
    }
  }

  private void startLoops(Quota quota) {
    try {
      proposer.start(log, scope);
      readBarrier.start(scope);
      watches.start(scope);
      flusher.start(scope, log::purge);
      compactor.start(scope, applyLoop::upkeep);
      // A platform thread: at the start of a leadership it reads all leases from the engine.
      scope.forkPlatform("lease-expirer", leaseExpirer::run);
      new Housekeeper(store, log::status, () -> stateMachine.state().revision(), quota)
          .start(options.upkeep(), scope);
    } catch (IllegalStateException e) {
      if (scope.failure().isEmpty()) {
        throw e;
      }
      // The engine failed on the replayed log, which cancelled the scope: the node closes at once.
    }
  }

  private WatchHub openWatches() {
    WatchHub hub =
        WatchHub.open(
            stateMachine,
            revision -> ReplicatedStore.header(consensus(), revision),
            WatchOptions.of(
                options.watchProgressInterval(),
                options.requestBytesMax() + RECEIVE_OVERHEAD_BYTES));
    stateMachine.listen(hub);
    return hub;
  }

  private RatisRaftLog startLog() throws IOException {
    try {
      return RatisRaftLog.start(
          identity,
          options.advertisePeerUrls().getFirst().getAuthority(),
          directory.log(),
          RatisSettings.of(
              options,
              directory.log(),
              options.initialCluster().size() == 1,
              Proposer.BATCH_BYTES_MAX + options.requestBytesMax()),
          new RatisStateMachine(
              applyLoop, stateMachine.state(), flusher::flushed, new LogListener()));
    } catch (IOException | RuntimeException e) {
      scope.close();
      stateMachine.close();
      RatisMetrics.forget(RatisRaftLog.metricsName(identity));
      throw e;
    }
  }

  static RaftNode start(NodeOptions options) throws StartException {
    NodeOptionsCheck.check(options);
    DataDirectory.Identity identity = NodeOptionsCheck.identity(options);
    DataDirectory directory = DataDirectory.open(options.dataDirectory(), identity);
    try {
      StorageEngine engine = NodeStorage.open(options, directory, identity);
      try {
        RaftNode node = new RaftNode(options, directory, identity, engine);
        LOG.info(
            "member started name={} member-id={} cluster-id={} storage={} revision={}",
            options.name(),
            MemberIds.hex(identity.memberId()),
            MemberIds.hex(identity.clusterId()),
            options.storage().name(),
            node.stateMachine.state().revision());
        return node;
      } catch (IOException | RuntimeException e) {
        engine.close();
        throw e;
      }
    } catch (IOException | RuntimeException | StartException e) {
      throw NodeStorage.refused(directory, options.dataDirectory(), e);
    }
  }

  private static long newOrigin() {
    // Never 0, which is no origin.
    return new SecureRandom().nextLong() | 1L;
  }

  /** As long as etcd lets a request take: 5 s and two elections. */
  private Duration requestTimeout() {
    return Duration.ofSeconds(5).plus(options.electionTimeout().multipliedBy(2));
  }

  @Override
  public MetadataStore store() {
    return store;
  }

  @Override
  public ConsensusStatus consensus() {
    return log.status();
  }

  @Override
  public StorageSizes storageSizes() {
    return engine.sizes();
  }

  @Override
  public Map<String, Long> storageStatistics() {
    return engine.statistics();
  }

  @Override
  public Map<String, Long> storeStatistics() {
    StoreState state = stateMachine.state();
    Map<String, Long> figures = new HashMap<>(watches.statistics());
    figures.put("keys", state.keys());
    figures.put("revision", state.revision());
    figures.put("compacted_revision", state.compactedRevision());
    figures.put("proposals_pending", proposer.pendingCount());
    return figures;
  }

  @Override
  public boolean awaitReady(Duration timeout) throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (!closing.get() && System.nanoTime() < deadline) {
      try {
        readBarrier.await().get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        return true;
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof MetastoreException)) {
          return false;
        }
      } catch (TimeoutException e) {
        return false;
      }
    }
    return false;
  }

  @Override
  public CompletableFuture<Void> terminated() {
    // Those who wait may close the node, also from the thread that completes this: so it never is a
    // thread of the node.
    return terminated.whenCompleteAsync(
        (done, failure) -> {},
        waiting -> Thread.ofVirtual().name(options.name() + "/terminated").start(waiting));
  }

  private void failed(Throwable cause) {
    if (terminated.completeExceptionally(cause)) {
      LOG.error("member stops name={} because=\"{}\"", options.name(), cause.toString());
    }
    // The log replays commits while the constructor runs: it then closes the node at its end.
    if (constructed.get()) {
      closeAfterFailure();
    }
  }

  private void closeAfterFailure() {
    // In no scope: it closes the scope whose task failed.
    Thread.ofPlatform().daemon().name(options.name() + "/fail").start(this::closeQuietly);
  }

  private void closeQuietly() {
    try {
      close();
    } catch (IllegalStateException e) {
      // The owner's own close reports it.
      LOG.debug("closed after a failure name={}", options.name(), e);
    }
  }

  @Override
  public void close() {
    if (closing.compareAndSet(false, true)) {
      try {
        closeOnce();
      } finally {
        closed.countDown();
      }
    }
    awaitClosed();
    closeFailure.ifPresent(
        failure -> {
          throw new IllegalStateException(
              "member " + options.name() + " did not close cleanly", failure);
        });
  }

  private void closeOnce() {
    CloseSequence sequence = new CloseSequence(options.name(), CLOSE_STEP_MAX);
    sequence.step("watch streams", watches::close);
    sequence.step("proposer", proposer::close);
    sequence.step("read barrier", readBarrier::close);
    sequence.step("commit stream", applyLoop::close);
    terminated.complete(null);
    sequence.step("log", log::close);
    sequence.step("tasks", scope::close);
    sequence.step("scans", scans::close);
    sequence.step("flush", flusher::flushAtClose);
    sequence.step("state machine", stateMachine::close);
    sequence.step("engine", engine::close);
    sequence.step("data directory", directory::close);
    RatisMetrics.forget(RatisRaftLog.metricsName(identity));
    closeFailure = sequence.failure();
    LOG.info(
        "member stopped name={} outcome={}",
        options.name(),
        closeFailure.map(Exception::toString).orElse("ok"));
  }

  private void awaitClosed() {
    boolean interrupted = false;
    while (true) {
      try {
        closed.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private CompletableFuture<Void> passReadBarrier() {
    return readBarrier.await();
  }

  private final class LogListener implements RatisStateMachine.Listener {
    @Override
    public void leaderChanged(RaftPeerId leader) {
      options.metrics().leaderChanged(true);
      LOG.info("leader elected name={} leader={}", options.name(), leader);
    }

    @Override
    public void leadershipChanged() {
      leaseExpirer.wake();
    }

    @Override
    public void logFailed(Throwable cause) {
      failed(new IOException("the log in " + directory.log() + " failed", cause));
    }
  }
}
