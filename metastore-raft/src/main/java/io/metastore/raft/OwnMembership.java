package io.metastore.raft;

import io.metastore.api.MetastoreException;
import io.metastore.api.storage.StorageView;
import io.metastore.core.Consensus;
import io.metastore.core.apply.PublishedViews;
import io.metastore.core.member.MemberTable;
import io.metastore.core.message.Member;
import io.metastore.core.message.MemberCommand;
import io.metastore.core.message.PeerRequest;
import io.metastore.core.message.PeerResponse;
import io.metastore.core.message.Proposal;
import io.metastore.core.mvcc.PublishedView;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.ratis.protocol.RaftPeer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a member does about its own place in the cluster: the first leader writes down who founded
 * it, each member its name and client URLs, one that joins says that it runs until it is taken in,
 * and one that was removed stops.
 *
 * <p>Thread-safe; one task runs {@link #run}.
 */
final class OwnMembership {
  private static final Logger LOG = LoggerFactory.getLogger(OwnMembership.class);

  private static final Duration LOOK_INTERVAL = Duration.ofMillis(100);

  /** Once all is as it should be: a change of the members wakes it, this is for what does not. */
  private static final Duration SETTLED_INTERVAL = Duration.ofSeconds(1);

  private static final Duration CALL_MAX = Duration.ofSeconds(2);

  /** How long a removed member goes on, so that the rest can take it out of the configuration. */
  private static final Duration REMOVED_GRACE = Duration.ofSeconds(2);

  private final NodeOptions options;
  private final RatisServer ratis;
  private final PublishedViews views;
  private final Consensus consensus;
  private final PeerCalls peers;
  private final Semaphore wake = new Semaphore(0);

  /** Creates the task of a member. */
  OwnMembership(
      NodeOptions options,
      RatisServer ratis,
      PublishedViews views,
      Consensus consensus,
      PeerCalls peers) {
    this.options = options;
    this.ratis = ratis;
    this.views = views;
    this.consensus = consensus;
    this.peers = peers;
  }

  /** The members have changed: look now. */
  void wake() {
    wake.release();
  }

  /** The founders, until the log says who the members are. */
  List<Member> founders() {
    Map<Long, String> names = namesByFounder();
    List<Member> founders = new ArrayList<>();
    ratis
        .identity()
        .founders()
        .forEach(
            (id, address) -> {
              Optional<String> name = Optional.ofNullable(names.get(id));
              founders.add(
                  Member.newBuilder()
                      .setID(id)
                      .setName(name.orElse(""))
                      .addAllPeerURLs(name.map(this::peerUrls).orElse(List.of("http://" + address)))
                      .build());
            });
    founders.sort((one, other) -> Long.compareUnsigned(one.getID(), other.getID()));
    return founders;
  }

  private Map<Long, String> namesByFounder() {
    Map<Long, String> names = new HashMap<>();
    options
        .initialCluster()
        .forEach((name, urls) -> names.put(MemberIds.memberId(urls, options.clusterToken()), name));
    return names;
  }

  private List<String> peerUrls(String name) {
    return options.initialCluster().getOrDefault(name, List.of()).stream()
        .map(URI::toString)
        .toList();
  }

  /**
   * Looks after the membership until interrupted, or until the member is removed.
   *
   * @throws RemovedException when it was removed: the node must stop
   */
  void run() throws InterruptedException, RemovedException {
    boolean settled = false;
    while (true) {
      Duration rest = settled ? SETTLED_INTERVAL : LOOK_INTERVAL;
      if (wake.tryAcquire(rest.toMillis(), TimeUnit.MILLISECONDS)) {
        wake.drainPermits();
      }
      settled = look();
    }
  }

  /** Returns true when there was nothing to do. */
  private boolean look() throws InterruptedException, RemovedException {
    long self = ratis.identity().memberId();
    List<Member> members;
    boolean removed;
    Optional<Member> own;
    try (PublishedView view = views.acquire()) {
      StorageView store = view.view();
      own = MemberTable.find(store, self);
      removed = MemberTable.isRemoved(store, self);
      members = MemberTable.list(store);
    } catch (MetastoreException e) {
      // The node stops.
      return true;
    }
    if (removed) {
      awaitTakenOut();
      throw new RemovedException(ratis.identity());
    }
    ratis.reach(members);
    boolean settled = own.isPresent();
    if (members.isEmpty() && ratis.division().getInfo().isLeaderReady()) {
      propose(
          MemberCommand.newBuilder()
              .setBootstrap(
                  io.metastore.core.message.MemberTable.newBuilder().addAllMembers(founders()))
              .build());
    }
    if (own.isPresent() && !own.get().equals(published(own.get()))) {
      settled = false;
      propose(MemberCommand.newBuilder().setPublish(published(own.get())).build());
    }
    // A learner begins with itself alone.
    if (ratis.peer(ratis.peerId()).isEmpty() || ratis.configuration().getCurrentPeers().isEmpty()) {
      settled = false;
      sayThatItRuns(self);
    }
    return settled;
  }

  private Member published(Member own) {
    return own.toBuilder()
        .setName(options.name())
        .clearClientURLs()
        .addAllClientURLs(options.advertiseClientUrls().stream().map(URI::toString).toList())
        .build();
  }

  private void propose(MemberCommand command) throws InterruptedException {
    if (!consensus.status().hasLeader()) {
      return;
    }
    try {
      var unused =
          consensus
              .propose(Proposal.newBuilder().setMember(command).build(), CALL_MAX)
              .get(CALL_MAX.toMillis() * 2, TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.debug("own membership is not in the log yet, trying again", e);
    }
  }

  private void sayThatItRuns(long self) throws InterruptedException {
    for (Map.Entry<String, List<URI>> member : options.initialCluster().entrySet()) {
      if (member.getKey().equals(options.name())) {
        continue;
      }
      CompletableFuture<PeerResponse> answer =
          peers.ask(address(member.getValue()), PeerRequest.newBuilder().setJoin(self), CALL_MAX);
      try {
        var unused = answer.get(CALL_MAX.toMillis() * 2, TimeUnit.MILLISECONDS);
      } catch (ExecutionException | TimeoutException e) {
        LOG.debug("member {} does not hear that this one runs", member.getKey(), e);
      }
    }
  }

  /** A member by its first peer URL alone, for the time before its id is known. */
  static RaftPeer address(List<URI> peerUrls) {
    String address = peerUrls.getFirst().getAuthority();
    return RaftPeer.newBuilder().setId(address).setAddress(address).build();
  }

  private void awaitTakenOut() throws InterruptedException {
    LOG.atInfo().addKeyValue("name", options.name()).log("this member was removed and stops");
    long deadline = System.nanoTime() + REMOVED_GRACE.toNanos();
    boolean out = false;
    while (System.nanoTime() - deadline < 0 && !out) {
      out = ratis.peer(ratis.peerId()).isEmpty();
      boolean unused = wake.tryAcquire(LOOK_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }
    // Whoever asked this member to remove itself still waits for the answer.
    boolean unused = wake.tryAcquire(2 * LOOK_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
  }
}
