package io.metastore.raft;

import io.metastore.core.Consensus;
import io.metastore.core.ConsensusStatus;
import io.metastore.core.apply.StateMachine;
import io.metastore.core.lease.LeaseExpirer;
import io.metastore.core.lease.LeasePeers;
import io.metastore.core.lease.LeaseRenewer;
import io.metastore.core.message.Member;
import io.metastore.core.task.TaskScope;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.conf.RaftProperties;

/**
 * The part of a node around the replicated log: Ratis, the read barrier, what goes to other members
 * and comes from them, and the members themselves.
 *
 * <p>Thread-safe. Its parts are closed one by one by the node, in the node's order.
 */
final class ConsensusSide {
  private static final Duration LEASE_CHECKPOINT_INTERVAL = Duration.ofMinutes(5);
  private static final int READERS_MAX = 1 << 16;

  private final RatisServer ratis;
  private final RatisRaftLog log;
  private final ReadBarrier readBarrier;
  private final PeerCalls peers;
  private final LeaseRenewer leases;
  private final Reconfigurer reconfigurer;
  private final MemberCalls members;
  private final OwnMembership own;
  private final ClusterNews news;
  private final StoreImages images;
  private final PeerService service;
  private final ImageInstaller installer;
  private final StoreSide store;
  private final Duration electionTimeout;

  /**
   * Builds the parts over a running server.
   *
   * @param consensus of the node; used only after the parts were started
   */
  ConsensusSide(
      NodeOptions options,
      RatisServer ratis,
      RaftProperties properties,
      StoreSide store,
      StoreFolders folders,
      Consensus consensus,
      LeaseExpirer expirer) {
    Duration timeout = requestTimeout(options);
    this.ratis = ratis;
    this.store = store;
    this.electionTimeout = options.electionTimeout();
    StateMachine stateMachine = store.stateMachine();
    log = new RatisRaftLog(ratis, properties, timeout, options.electionTimeout());
    readBarrier = new ReadBarrier(log, READERS_MAX, timeout, options.metrics());
    peers = new PeerCalls(ratis, properties);
    leases = new LeaseRenewer(consensus, expirer, peers, options.metrics());
    own = new OwnMembership(options, ratis, stateMachine, consensus, peers);
    // As long as a leader that is lost is missed at most.
    news = new ClusterNews(options.name(), options.leaderMissedWithin());
    reconfigurer = new Reconfigurer(ratis, store::members);
    members =
        new MemberCalls(
            consensus,
            this::membersOrFounders,
            () -> !store.members().isEmpty(),
            reconfigurer,
            peers,
            new MemberChecks(
                ratis.division(),
                ratis.identity().memberId(),
                options.cluster().strictReconfiguration()),
            options.cluster().learnersMax(),
            options.metrics());
    images = new StoreImages(store.engine(), folders.images(), StoreImages.IDLE_MAX);
    service =
        new PeerService(
            new LeaseRenewer(consensus, expirer, LeasePeers.NONE, options.metrics()),
            members,
            images);
    installer =
        new ImageInstaller(
            peers::ask, folders, options.storage(), options.storageSettings(), options.metrics());
    stateMachine.tellOfMembers(
        () -> {
          own.wake();
          reconfigurer.wake();
        });
  }

  /** The expirer of a node's leases. */
  static LeaseExpirer expirer(NodeOptions options, Consensus consensus, StateMachine stateMachine) {
    return new LeaseExpirer(
        consensus,
        stateMachine::acquire,
        options.electionTimeout(),
        options.leaseCheckpoints() ? LEASE_CHECKPOINT_INTERVAL : Duration.ZERO,
        System::nanoTime,
        options.metrics());
  }

  /** As long as etcd lets a request take: 5 s and two elections. */
  private static Duration requestTimeout(NodeOptions options) {
    return Duration.ofSeconds(5).plus(options.leaderMissedWithin());
  }

  private List<Member> membersOrFounders() {
    List<Member> known = store.members();
    return known.isEmpty() ? own.founders() : known;
  }

  private ClusterNews.Sight sight() {
    return new ClusterNews.Sight(
        status().leaderId(), Followers.of(ratis.division().getInfo()).silentMillis());
  }

  /** Starts the loops as tasks of a scope. */
  void start(TaskScope scope) {
    readBarrier.start(scope);
    scope.fork("deposed-leaders", log::forgetDeposedLoop);
    scope.fork("reconfigurer", reconfigurer::run);
    scope.fork("own-membership", own::run);
    scope.fork("members", members::changeLoop);
    scope.fork("idle-images", images::removeIdleLoop);
    scope.fork("cluster-news", () -> news.run(this::sight));
  }

  RatisServer ratis() {
    return ratis;
  }

  RatisRaftLog log() {
    return log;
  }

  ReadBarrier readBarrier() {
    return readBarrier;
  }

  LeaseRenewer leases() {
    return leases;
  }

  MemberCalls members() {
    return members;
  }

  PeerService service() {
    return service;
  }

  StoreImages images() {
    return images;
  }

  ImageInstaller installer() {
    return installer;
  }

  ConsensusStatus status() {
    return log.status();
  }

  /** Passes the read barrier. */
  CompletableFuture<Void> barrier() {
    return readBarrier.await();
  }

  /**
   * Hands leadership over to a voter that is up to date, if this member leads and there is one, so
   * that the others need not wait for an election timeout.
   */
  void handOver(Duration timeout) throws InterruptedException {
    if (log.hasQuorum()) {
      reconfigurer.handOver(timeout, electionTimeout);
    }
  }

  /** Ends Ratis and the connections to other members. */
  void close() throws IOException {
    try {
      log.close();
      peers.close();
    } finally {
      ratis.close();
    }
  }
}
