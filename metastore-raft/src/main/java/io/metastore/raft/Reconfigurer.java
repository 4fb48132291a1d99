package io.metastore.raft;

import io.metastore.core.message.Member;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.protocol.exceptions.ReconfigurationInProgressException;
import org.apache.ratis.server.RaftConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the voters and learners of the log follow the table of members: the leader changes the
 * configuration one step at a time until the two agree. A member that was added counts only once it
 * has said that it runs, because Ratis wants a new one to catch up before it commits a
 * configuration.
 *
 * <p>A leader that was removed hands leadership over first, and the next one removes it.
 *
 * <p>Thread-safe; one task runs {@link #run}.
 */
final class Reconfigurer {
  private static final Logger LOG = LoggerFactory.getLogger(Reconfigurer.class);

  private static final Duration LOOK_INTERVAL = Duration.ofMillis(200);
  private static final Duration CHANGE_MAX = Duration.ofSeconds(60);
  private static final Duration TRANSFER_MAX = Duration.ofSeconds(3);

  /** A member that has not said for so long that it runs is taken not to. */
  private static final Duration JOIN_MAX = Duration.ofSeconds(5);

  private final RatisServer ratis;
  private final Supplier<List<Member>> table;
  private final ClientId clientId;
  private final AtomicLong calls = new AtomicLong();
  private final Map<Long, Long> joining = new ConcurrentHashMap<>();
  private final Semaphore wake = new Semaphore(0);

  /**
   * Creates a reconfigurer without starting it.
   *
   * @param table the members as the newest view has them
   */
  Reconfigurer(RatisServer ratis, Supplier<List<Member>> table) {
    this.ratis = ratis;
    this.clientId = PeerGate.clientId(ratis.identity().memberId());
    this.table = table;
  }

  /** A member runs and wants to take part. */
  void joins(long member) {
    joining.put(member, System.nanoTime());
    wake();
  }

  /** Something has changed: look now. */
  void wake() {
    wake.release();
  }

  /** Follows the table until interrupted. */
  void run() throws InterruptedException {
    while (true) {
      boolean woken = wake.tryAcquire(LOOK_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
      if (woken) {
        wake.drainPermits();
      }
      if (ratis.division().getInfo().isLeaderReady()) {
        step();
      }
    }
  }

  /** True when the configuration is what the table asks for, nothing under way. */
  boolean settled() {
    RaftConfiguration now = ratis.configuration();
    return now.getPreviousPeers().isEmpty()
        && now.getPreviousPeers(RaftPeerRole.LISTENER).isEmpty()
        && roles(now).equals(roles(wanted(now, table.get())));
  }

  private void step() throws InterruptedException {
    RaftConfiguration now = ratis.configuration();
    List<Member> members = table.get();
    if (members.isEmpty() || !now.getPreviousPeers().isEmpty()) {
      return;
    }
    List<RaftPeer> wanted = wanted(now, members);
    if (roles(now).equals(roles(wanted))) {
      return;
    }
    boolean stays = wanted.stream().anyMatch(peer -> peer.getId().equals(ratis.peerId()));
    Optional<RaftPeer> heir =
        wanted.stream().filter(peer -> voter(peer) && isVoter(now, peer.getId())).findFirst();
    if (!stays && heir.isPresent()) {
      LOG.atInfo().addKeyValue("to", heir.get().getId()).log("removed while leading, handing over");
      try {
        boolean unused =
            transfer(RatisIds.member(heir.get().getId()), TRANSFER_MAX)
                .get(TRANSFER_MAX.multipliedBy(2).toMillis(), TimeUnit.MILLISECONDS);
      } catch (ExecutionException | TimeoutException e) {
        LOG.atInfo()
            .addKeyValue("because", e.toString())
            .log("leadership not handed over, trying again");
      }
      return;
    }
    if (wanted.stream().anyMatch(Reconfigurer::voter)) {
      change(now, firstStep(now, wanted));
    }
  }

  /** Members to be, without those that are not known to run. */
  private List<RaftPeer> wanted(RaftConfiguration now, List<Member> members) {
    List<RaftPeer> wanted = new ArrayList<>();
    for (Member member : members) {
      if (isIn(now, RatisIds.peer(member.getID())) || hasJoined(member.getID())) {
        wanted.add(RatisIds.reachable(member.getID(), address(member), member.getIsLearner()));
      }
    }
    return wanted;
  }

  /** How others reach a member: its first peer URL. */
  static String address(Member member) {
    return URI.create(member.getPeerURLs(0)).getAuthority();
  }

  private boolean hasJoined(long member) {
    Long said = joining.get(member);
    return said != null && System.nanoTime() - said < JOIN_MAX.toNanos();
  }

  /** Who leaves or changes goes first; then newcomers, one after the other. */
  private static List<RaftPeer> firstStep(RaftConfiguration now, List<RaftPeer> wanted) {
    List<RaftPeer> known = wanted.stream().filter(peer -> isIn(now, peer.getId())).toList();
    if (!roles(known).equals(roles(now))) {
      return known;
    }
    List<RaftPeer> step = new ArrayList<>(known);
    wanted.stream().filter(peer -> !isIn(now, peer.getId())).findFirst().ifPresent(step::add);
    return step;
  }

  private void change(RaftConfiguration now, List<RaftPeer> step) throws InterruptedException {
    LOG.atInfo()
        .addKeyValue("from", roles(now))
        .addKeyValue("to", roles(step))
        .log("configuration changes");
    SetConfigurationRequest.Arguments arguments =
        SetConfigurationRequest.Arguments.newBuilder()
            .setServersInCurrentConf(List.copyOf(now.getAllPeers(RaftPeerRole.FOLLOWER)))
            .setListenersInCurrentConf(List.copyOf(now.getAllPeers(RaftPeerRole.LISTENER)))
            .setServersInNewConf(step.stream().filter(Reconfigurer::voter).toList())
            .setListenersInNewConf(step.stream().filter(peer -> !voter(peer)).toList())
            .setMode(SetConfigurationRequest.Mode.COMPARE_AND_SET)
            .build();
    try {
      RaftClientReply reply =
          ratis
              .server()
              .setConfigurationAsync(
                  new SetConfigurationRequest(
                      clientId,
                      ratis.peerId(),
                      ratis.groupId(),
                      calls.incrementAndGet(),
                      arguments))
              .get(CHANGE_MAX.toMillis(), TimeUnit.MILLISECONDS);
      if (!reply.isSuccess()) {
        LOG.atInfo()
            .addKeyValue("because", reply.getException())
            .log("configuration not changed, trying again");
      }
    } catch (ReconfigurationInProgressException e) {
      LOG.debug("another change is under way", e);
    } catch (IOException | ExecutionException | TimeoutException e) {
      LOG.atInfo()
          .addKeyValue("because", e.toString())
          .log("configuration not changed, trying again");
    }
  }

  /**
   * Hands leadership over.
   *
   * @return false when that did not happen in time
   */
  CompletableFuture<Boolean> transfer(long heir, Duration timeout) {
    TransferLeadershipRequest request =
        new TransferLeadershipRequest(
            clientId,
            ratis.peerId(),
            ratis.groupId(),
            calls.incrementAndGet(),
            RatisIds.peer(heir),
            timeout.toMillis());
    CompletableFuture<RaftClientReply> reply;
    try {
      reply = ratis.server().transferLeadershipAsync(request);
    } catch (IOException e) {
      reply = CompletableFuture.failedFuture(e);
    }
    return reply.handle(
        (answer, failure) -> {
          boolean moved = failure == null && answer.isSuccess();
          if (!moved) {
            LOG.atInfo()
                .addKeyValue("to", MemberIds.hex(heir))
                .addKeyValue("because", failure != null ? failure : answer.getException())
                .log("leadership not handed over");
          }
          return moved;
        });
  }

  /**
   * Hands leadership over to the voter that has most of the log, if there is another.
   *
   * @param heard who was not heard of for longer is not asked
   */
  void handOver(Duration timeout, Duration heard) throws InterruptedException {
    if (!ratis.division().getInfo().isLeader()) {
      return;
    }
    Followers followers = Followers.of(ratis.division().getInfo());
    RaftConfiguration now = ratis.configuration();
    Optional<Long> heir =
        followers.matchIndex().entrySet().stream()
            .filter(follower -> followers.isActive(follower.getKey(), heard))
            .filter(follower -> isVoter(now, RatisIds.peer(follower.getKey())))
            .max(Map.Entry.comparingByValue())
            .map(Map.Entry::getKey);
    if (heir.isPresent()) {
      try {
        boolean unused =
            transfer(heir.get(), timeout).get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      } catch (ExecutionException | TimeoutException e) {
        LOG.debug("leadership not handed over, the others elect", e);
      }
    }
  }

  private static boolean voter(RaftPeer peer) {
    return peer.getStartupRole() != RaftPeerRole.LISTENER;
  }

  private static boolean isVoter(RaftConfiguration now, RaftPeerId id) {
    return now.getPeer(id, RaftPeerRole.FOLLOWER) != null;
  }

  private static boolean isIn(RaftConfiguration now, RaftPeerId id) {
    return now.getPeer(id, RaftPeerRole.FOLLOWER, RaftPeerRole.LISTENER) != null;
  }

  /** Role by id, which two configurations are compared by: Ratis does not see a new address. */
  private static Map<RaftPeerId, RaftPeerRole> roles(RaftConfiguration now) {
    Map<RaftPeerId, RaftPeerRole> roles = new HashMap<>();
    for (RaftPeerRole role : List.of(RaftPeerRole.FOLLOWER, RaftPeerRole.LISTENER)) {
      now.getCurrentPeers(role).forEach(peer -> roles.put(peer.getId(), role));
    }
    return roles;
  }

  private static Map<RaftPeerId, RaftPeerRole> roles(List<RaftPeer> peers) {
    Map<RaftPeerId, RaftPeerRole> roles = new HashMap<>();
    peers.forEach(
        peer ->
            roles.put(peer.getId(), voter(peer) ? RaftPeerRole.FOLLOWER : RaftPeerRole.LISTENER));
    return roles;
  }
}
