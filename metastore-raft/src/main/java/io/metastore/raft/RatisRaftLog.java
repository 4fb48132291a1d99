package io.metastore.raft;

import io.metastore.core.ConsensusStatus;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.proto.RaftProtos.CommitInfoProto;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.proto.RaftProtos.ServerRpcProto;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The replicated log by Apache Ratis. Entries go to the leader, wherever that is; an entry that is
 * submitted again keeps its client and call id, so that a leader that knows it appends it once.
 * Where none knows it any more, applying tells ({@link io.metastore.core.apply.StateMachine}).
 *
 * <p>Thread-safe. Closing twice is harmless.
 */
final class RatisRaftLog implements RaftLog, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RatisRaftLog.class);

  private static final long NO_TERM = -1;

  private static final Duration DEPOSED_INTERVAL = Duration.ofMillis(50);

  /** Whether a configuration has this member as its only voter. */
  private record Voters(RaftConfiguration configuration, boolean self) {
    static Voters of(RaftConfiguration configuration, RaftPeerId peerId) {
      Collection<RaftPeer> current = configuration.getCurrentPeers();
      return new Voters(
          configuration,
          configuration.getPreviousPeers().isEmpty()
              && current.size() == 1
              && current.iterator().next().getId().equals(peerId));
    }
  }

  /** A read index that was asked for while a member led. */
  private record Round(RaftPeerId leader, CompletableFuture<Void> outcome) {}

  private final RatisServer ratis;
  private final PeerLink leaderLink;
  private final ClientId clientId;
  // Reads need call ids of their own: those of proposals are given by the proposer.
  private final ClientId readClientId;
  private final AtomicLong readCalls = new AtomicLong();
  private final Connections connections;
  private final Duration electionTimeout;
  private final Set<Round> rounds = ConcurrentHashMap.newKeySet();
  private final Semaphore wake = new Semaphore(0);
  // Whether the loop that forgets deposed leaders rests until something waits for a leader.
  private volatile boolean resting;
  private volatile Voters voters;
  // The term in which a read barrier was passed here: everything of earlier terms is applied.
  private volatile long caughtUpTerm = NO_TERM;

  /**
   * Creates the log over a running server.
   *
   * @param properties the server's
   * @param timeout how long to wait for an answer of the leader's
   * @param electionTimeout after which a member that is silent is taken to be lost
   */
  RatisRaftLog(
      RatisServer ratis, RaftProperties properties, Duration timeout, Duration electionTimeout) {
    this.ratis = ratis;
    this.electionTimeout = electionTimeout;
    this.connections = new Connections(System.nanoTime(), electionTimeout.toMillis());
    this.clientId = PeerGate.clientId(ratis.identity().memberId());
    this.readClientId = PeerGate.clientId(ratis.identity().memberId());
    this.leaderLink = PeerLink.open(properties, timeout);
    this.voters = Voters.of(ratis.configuration(), ratis.peerId());
  }

  @Override
  public CompletableFuture<Void> submit(long call, byte[] entry) {
    RaftPeerId leader = info().getLeaderId();
    if (leader == null) {
      return noLeader();
    }
    Message message = Message.valueOf(UnsafeByteOperations.unsafeWrap(entry));
    if (leader.equals(ratis.peerId())) {
      return ratis.ask(write(leader, call, message));
    }
    Optional<RaftPeer> target = ratis.peer(leader);
    if (target.isEmpty()) {
      return noLeader();
    }
    CompletableFuture<RaftClientReply> reply =
        leaderLink.send(target.get(), id -> write(id, call, message));
    leaderIsWaitedFor();
    CompletableFuture<Void> taken = new CompletableFuture<>();
    CompletableFuture<RaftClientReply> unused =
        RatisServer.checked(reply)
            .whenComplete(
                (done, failure) -> {
                  if (failure == null) {
                    taken.complete(null);
                  } else {
                    // Whatever went wrong between here and there: the entry is applied once.
                    taken.completeExceptionally(
                        new RetryableException("the leader did not take the entry", failure));
                  }
                });
    return taken;
  }

  private static CompletableFuture<Void> noLeader() {
    return CompletableFuture.failedFuture(new RetryableException("there is no leader", null));
  }

  private RaftClientRequest write(RaftPeerId target, long call, Message message) {
    return ratis.request(clientId, target, call, RaftClientRequest.writeRequestType(), message);
  }

  @Override
  public CompletableFuture<Void> readIndex() {
    DivisionInfo info = info();
    if (isAlone() && !info.isLeaderReady()) {
      // Ratis answers the only member at once with what it knows to be committed: after a start
      // that is nothing until an entry of the new term is, and the log before it not yet applied.
      return CompletableFuture.failedFuture(
          new RetryableException("the only member has not applied its log yet", null));
    }
    RaftPeerId leader = info.getLeaderId();
    if (leader == null) {
      return noLeader();
    }
    long term = info.getCurrentTerm();
    Round round = new Round(leader, new CompletableFuture<>());
    rounds.add(round);
    leaderIsWaitedFor();
    CompletableFuture<Void> unused =
        ratis
            .ask(
                ratis.request(
                    readClientId,
                    ratis.peerId(),
                    readCalls.incrementAndGet(),
                    RaftClientRequest.readRequestType(),
                    Message.EMPTY))
            .handle(
                (passed, failure) -> {
                  rounds.remove(round);
                  if (failure == null) {
                    caughtUpTerm = term;
                    round.outcome().complete(null);
                  } else {
                    round.outcome().completeExceptionally(failure);
                  }
                  return null;
                });
    return round.outcome();
  }

  private void leaderIsWaitedFor() {
    if (resting) {
      resting = false;
      wake.release();
    }
  }

  /**
   * Gives up waiting for leaders that are none any more, until it is interrupted. Ratis tells of
   * new leaders, not that one is lost: so this looks, as long as something waits for a leader.
   */
  void forgetDeposedLoop() throws InterruptedException {
    while (true) {
      resting = true;
      if (rounds.isEmpty() && !leaderLink.isWaiting()) {
        wake.acquire();
      }
      resting = false;
      TimeUnit.NANOSECONDS.sleep(DEPOSED_INTERVAL.toNanos());
      wake.drainPermits();
      forgetDeposed();
    }
  }

  private void forgetDeposed() {
    RaftPeerId leader = info().getLeaderId();
    leaderLink.abandon(target -> !target.equals(leader));
    for (Round round : rounds) {
      if (!Objects.equals(round.leader(), leader)) {
        round
            .outcome()
            .completeExceptionally(new RetryableException("the leader has changed", null));
      }
    }
  }

  /**
   * Removes the part of the log that nobody needs any more, by whole segments, in the background.
   *
   * @param index the last log index that may go
   */
  void purge(long index) {
    CompletableFuture<Long> unused =
        ratis
            .division()
            .getRaftLog()
            .purge(index)
            .whenComplete(
                (purged, failure) -> {
                  if (failure != null) {
                    LOG.warn("log not purged up to {}, the next flush tries again", index, failure);
                  }
                });
  }

  /** Up to where every member of the configuration has the log, as far as this one knows. */
  long everywhere() {
    return ratis.division().getCommitInfos().stream()
        .mapToLong(CommitInfoProto::getCommitIndex)
        .min()
        .orElse(-1);
  }

  @Override
  public boolean isSoleVoter() {
    if (!isAlone()) {
      return false;
    }
    // As a leader: the last other member may have led, and acknowledged, until it was removed.
    DivisionInfo info = info();
    return info.isLeader() && info.getCurrentTerm() == caughtUpTerm;
  }

  private boolean isAlone() {
    RaftConfiguration configuration = ratis.configuration();
    Voters known = voters;
    if (!known.configuration().equals(configuration)) {
      known = Voters.of(configuration, ratis.peerId());
      voters = known;
    }
    return known.self();
  }

  @Override
  public boolean hasQuorum() {
    DivisionInfo info = info();
    if (info.isLeader()) {
      Followers followers = Followers.of(info);
      List<Long> others = otherVoters();
      long active = others.stream().filter(m -> followers.isActive(m, electionTimeout)).count();
      return 1 + active > (others.size() + 1) / 2;
    }
    return info.getLeaderId() != null;
  }

  private List<Long> otherVoters() {
    return ratis.configuration().getCurrentPeers().stream()
        .map(RaftPeer::getId)
        .filter(id -> !id.equals(ratis.peerId()))
        .map(RatisIds::member)
        .toList();
  }

  @Override
  public boolean isConnectedSince(long nanos) {
    DivisionInfo info = info();
    if (info.isLeader()) {
      return connections.majoritySince(otherVoters(), nanos);
    }
    RaftPeerId leader = info.getLeaderId();
    return leader != null
        && connections.since(RatisIds.member(leader), nanos)
        && !leaderLink.isBrokenSince(leader, nanos);
  }

  @Override
  public void lookAtConnections() {
    DivisionInfo info = info();
    long now = System.nanoTime();
    if (info.isLeader()) {
      Followers.of(info)
          .silentMillis()
          .forEach((member, silent) -> connections.heard(member, silent, now));
      return;
    }
    RoleInfoProto role = info.getRoleInfoProto();
    if (role.hasFollowerInfo() && role.getFollowerInfo().hasLeaderInfo()) {
      ServerRpcProto leader = role.getFollowerInfo().getLeaderInfo();
      if (!leader.getId().getId().isEmpty()) {
        connections.heard(
            RatisIds.member(RaftPeerId.valueOf(leader.getId().getId())),
            leader.getLastRpcElapsedTimeMs(),
            now);
      }
    }
  }

  @Override
  public ConsensusStatus status() {
    DivisionInfo info = info();
    return new ConsensusStatus(
        ratis.identity().clusterId(),
        ratis.identity().memberId(),
        leaderId(info.getLeaderId()),
        info.getCurrentTerm(),
        ratis.division().getRaftLog().getLastCommittedIndex(),
        info.getLastAppliedIndex(),
        info.isListener());
  }

  private DivisionInfo info() {
    return ratis.division().getInfo();
  }

  private long leaderId(@Nullable RaftPeerId leader) {
    if (leader == null) {
      return 0;
    }
    return leader.equals(ratis.peerId()) ? ratis.identity().memberId() : RatisIds.member(leader);
  }

  /** Ends the link to the leader; the server is closed by its owner. */
  @Override
  public void close() throws IOException {
    leaderLink.close();
  }
}
