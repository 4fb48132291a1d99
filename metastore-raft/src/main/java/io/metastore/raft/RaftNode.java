package io.metastore.raft;

import io.metastore.api.MetastoreException;
import io.metastore.api.storage.StorageEngine;
import io.metastore.api.storage.StorageSizes;
import io.metastore.core.AuthCalls;
import io.metastore.core.ConsensusStatus;
import io.metastore.core.MetadataStore;
import io.metastore.core.ReplicatedStore;
import io.metastore.core.auth.AuthStore;
import io.metastore.core.auth.TokenTable;
import io.metastore.core.lease.LeaseExpirer;
import io.metastore.core.member.ClusterStore;
import io.metastore.core.mvcc.StoreState;
import io.metastore.core.quota.Quota;
import io.metastore.core.task.TaskScope;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.server.RaftServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A member composed of its parts: the proposer, the {@linkplain StoreSide store's side} and the
 * {@linkplain ConsensusSide log's side}.
 *
 * <p>Thread-safe.
 */
final class RaftNode implements Node {
  private static final Logger LOG = LoggerFactory.getLogger(RaftNode.class);

  private static final Duration DRAIN_MAX = Duration.ofMillis(1500);
  // Far more than a step takes, also on a machine with too much to do: what hangs is given up.
  private static final Duration CLOSE_STEP_MAX = Duration.ofSeconds(10);

  private final NodeOptions options;
  private final DataDirectory directory;
  private final DataDirectory.Identity identity;
  private final NodeEnd end;
  private final TaskScope scope;
  private final Proposer proposer;
  private final StoreSide storeSide;
  private final LeaseExpirer leaseExpirer;
  private final LogEvents events;
  private final PeerGate peerGate = new PeerGate();
  private final ConsensusSide consensusSide;
  private final MetadataStore store;
  private final AuthStore auth;
  // Set at the end of construction: until then there is nothing whole that could be closed.
  private final AtomicBoolean constructed = new AtomicBoolean();

  private RaftNode(
      NodeOptions options,
      DataDirectory directory,
      DataDirectory.Identity identity,
      StorageEngine engine)
      throws IOException {
    this.options = options;
    this.directory = directory;
    this.identity = identity;
    end = new NodeEnd(options.name(), this::closeOnce);
    scope = TaskScope.open(options.name(), this::failed);
    proposer =
        new Proposer(
            newOrigin(),
            options.proposalQueueMax(),
            DRAIN_MAX,
            options.leaderMissedWithin(),
            options.metrics());
    storeSide =
        new StoreSide(
            options, engine, directory.folders().current(), proposer, this::consensus, scope);
    RatisMetrics.receive(RatisIds.metricsName(identity), options.metrics());
    NodeConsensus consensus = new NodeConsensus(proposer, this::passReadBarrier, this::consensus);
    leaseExpirer = ConsensusSide.expirer(options, consensus, storeSide.stateMachine());
    storeSide.stateMachine().tellOfLeases(leaseExpirer);
    TokenTable tokens = new TokenTable(System::nanoTime);
    storeSide.stateMachine().tellOfAuth(tokens::applied);
    events =
        new LogEvents(options, directory, identity, storeSide, leaseExpirer, scope, this::failed);
    consensusSide = startConsensus(consensus);
    events.partsAreReady(consensusSide);
    Quota quota =
        new Quota(
            options.upkeep().quotaBytes(),
            () -> storeSide.engine().sizes().totalBytes(),
            System::nanoTime);
    ReplicatedStore replicated =
        new ReplicatedStore(
            storeSide.stateMachine(),
            consensus,
            storeSide.watches(),
            storeSide.engine()::sizes,
            storeSide.scans(),
            consensusSide.leases(),
            LeaseExpirer.ttlSecondsMin(options.electionTimeout()),
            options.requestBytesMax(),
            options.txnOpsMax(),
            options.serverVersion(),
            new ReplicatedStore.Upkeep(storeSide.compactor(), quota));
    store = replicated;
    auth = new AuthCalls(storeSide.stateMachine(), consensus, replicated, tokens);
    startLoops(quota);
    constructed.set(true);
    if (end.isDecided()) {
      end.closeInBackground();
    }
  }

  private void startLoops(Quota quota) {
    try {
      proposer.start(consensusSide.log(), scope);
      consensusSide.start(scope);
      storeSide.start(
          new LogRetention(consensusSide.log()::purge, consensusSide.log()::everywhere)::flushed);
      // A platform thread: at the start of a leadership it reads all leases from the engine.
      scope.forkPlatform("lease-expirer", leaseExpirer::run);
      new Housekeeper(
              store, this::consensus, () -> storeSide.stateMachine().state().revision(), quota)
          .start(options.upkeep(), scope);
    } catch (IllegalStateException e) {
      if (scope.failure().isEmpty()) {
        throw e;
      }
      // The engine failed on the replayed log, which cancelled the scope: the node closes at once.
    }
  }

  private ConsensusSide startConsensus(NodeConsensus consensus) throws IOException {
    try {
      boolean alone =
          identity.founders().size() == 1
              && options.initialCluster().size() == 1
              && storeSide.members().size() <= 1;
      RaftProperties properties =
          RatisSettings.of(
              options,
              directory.log(),
              alone,
              Proposer.BATCH_BYTES_MAX + options.requestBytesMax());
      RatisServer ratis =
          RatisServer.start(
              identity,
              options.advertisePeerUrls().getFirst().getAuthority(),
              directory.log(),
              properties,
              new RatisStateMachine(
                  storeSide.applyLoop(),
                  storeSide.stateMachine().state(),
                  storeSide.flusher()::flushed,
                  events),
              peerGate);
      return new ConsensusSide(
          options, ratis, properties, storeSide, directory.folders(), consensus, leaseExpirer);
    } catch (IOException | RuntimeException | Error e) {
      scope.close();
      storeSide.scans().close();
      storeSide.stateMachine().close();
      RatisMetrics.forget(RatisIds.metricsName(identity));
      throw e;
    }
  }

  static RaftNode start(NodeOptions options) throws StartException, InterruptedException {
    NodeOptionsCheck.check(options);
    DataDirectory.Identity identity = Founding.identity(options);
    DataDirectory directory = DataDirectory.open(options.dataDirectory(), identity);
    try {
      StorageEngine engine = NodeStorage.open(options, directory, identity);
      try {
        RaftNode node = new RaftNode(options, directory, identity, engine);
        LOG.atInfo()
            .addKeyValue("name", options.name())
            .addKeyValue("member-id", MemberIds.hex(identity.memberId()))
            .addKeyValue("cluster-id", MemberIds.hex(identity.clusterId()))
            .addKeyValue("storage", options.storage().name())
            .addKeyValue("revision", node.storeSide.stateMachine().state().revision())
            .log("member started");
        return node;
      } catch (IOException | RuntimeException | Error e) {
        engine.close();
        throw e;
      }
    } catch (IOException | RuntimeException | StartException e) {
      throw NodeStorage.refused(directory, options.dataDirectory(), e);
    } catch (Error e) {
      NodeStorage.giveUp(directory, e);
      throw e;
    }
  }

  private static long newOrigin() {
    // Never 0, which is no origin.
    return new SecureRandom().nextLong() | 1L;
  }

  /** Ratis' side of this member. */
  RaftServer.Division division() {
    return consensusSide.ratis().division();
  }

  /** How many members have a vote, as this one's log has it. */
  int voters() {
    return consensusSide.ratis().configuration().getCurrentPeers().size();
  }

  /**
   * Makes the engine durable now and removes all of the log before, as the flusher does from time
   * to time.
   */
  void flushAndPurge() {
    storeSide.flusher().flush();
    consensusSide.log().purge(storeSide.flusher().flushed().appliedIndex());
  }

  @Override
  public MetadataStore store() {
    return store;
  }

  @Override
  public AuthStore auth() {
    return auth;
  }

  @Override
  public ClusterStore cluster() {
    return consensusSide.members();
  }

  @Override
  public ConsensusStatus consensus() {
    return consensusSide.status();
  }

  @Override
  public StorageSizes storageSizes() {
    return storeSide.engine().sizes();
  }

  @Override
  public Map<String, Long> storageStatistics() {
    return storeSide.engine().statistics();
  }

  @Override
  public Map<String, Long> storeStatistics() {
    StoreState state = storeSide.stateMachine().state();
    Map<String, Long> figures = new HashMap<>(storeSide.watches().statistics());
    figures.putAll(storeSide.stateMachine().operations().statistics());
    figures.put("auth_revision", storeSide.stateMachine().auth().revision());
    figures.put("keys", state.keys());
    figures.put("revision", state.revision());
    figures.put("compacted_revision", state.compactedRevision());
    figures.put("proposals_pending", proposer.pendingCount());
    return figures;
  }

  @Override
  public void skipLeaseTime(Duration time) {
    leaseExpirer.skip(time);
  }

  @Override
  public void ignore(Set<Long> members) {
    peerGate.setUnheard(members);
  }

  @Override
  public boolean awaitReady(Duration timeout) throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (!end.isClosing() && System.nanoTime() < deadline) {
      try {
        passReadBarrier().get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
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
    return end.terminated();
  }

  private void failed(Throwable cause) {
    end.failed(cause);
    // The log replays commits while the constructor runs: it then closes the node at its end.
    if (constructed.get()) {
      end.closeInBackground();
    }
  }

  @Override
  public void close() {
    end.close();
  }

  private CloseSequence closeOnce() {
    CloseSequence sequence = new CloseSequence(options.name(), CLOSE_STEP_MAX);
    events.closing();
    sequence.step("leadership", () -> consensusSide.handOver(DRAIN_MAX));
    sequence.step("watch streams", storeSide.watches()::close);
    sequence.step("members", consensusSide.members()::close);
    sequence.step("proposer", proposer::close);
    sequence.step("read barrier", consensusSide.readBarrier()::close);
    sequence.step("commit stream", storeSide.applyLoop()::close);
    end.decided();
    sequence.step("log", consensusSide::close);
    sequence.step("tasks", scope::close);
    sequence.step("scans", storeSide.scans()::close);
    sequence.step("images", consensusSide.images()::close);
    sequence.step("flush", storeSide.flusher()::flushAtClose);
    sequence.step("image", consensusSide.installer()::discard);
    sequence.step("state machine", storeSide.stateMachine()::close);
    sequence.step("engine", storeSide.engine()::close);
    sequence.step("data directory", directory::close);
    RatisMetrics.forget(RatisIds.metricsName(identity));
    return sequence;
  }

  private CompletableFuture<Void> passReadBarrier() {
    return consensusSide.barrier();
  }
}
