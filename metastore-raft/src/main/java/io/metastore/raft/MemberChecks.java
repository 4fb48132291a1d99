package io.metastore.raft;

import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.core.message.Member;
import io.metastore.core.message.MemberCommand;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.ratis.server.RaftServer;

/**
 * What the leader checks before it proposes a change of the members (behaviour 80 of the contract;
 * etcd {@code server/etcdserver/server.go} and {@code api/membership/cluster.go}).
 *
 * <p>Thread-safe.
 */
final class MemberChecks {
  /** A member that was not heard of for longer counts as down, as in etcd. */
  private static final Duration HEALTHY = Duration.ofSeconds(5);

  /** A learner must have nine tenths of the leader's log. */
  private static final double READY = 0.9;

  private final RaftServer.Division division;
  private final long self;
  private final boolean strict;

  /**
   * Creates the checks of a member.
   *
   * @param strict whether changes that could cost the majority are refused
   */
  MemberChecks(RaftServer.Division division, long self, boolean strict) {
    this.division = division;
    this.self = self;
    this.strict = strict;
  }

  /**
   * Checks peer URLs that a client gives.
   *
   * @throws MetastoreException when they are none
   */
  static List<URI> urls(List<String> texts) {
    List<URI> urls = new ArrayList<>();
    for (String text : texts) {
      try {
        URI url = URI.create(text);
        boolean web = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
        if (web && url.getHost() != null && url.getPort() > 0 && url.getPath().isEmpty()) {
          urls.add(url);
        }
      } catch (IllegalArgumentException e) {
        throw MetastoreException.of(ErrorCode.MEMBER_BAD_URLS);
      }
    }
    if (urls.isEmpty() || urls.size() < texts.size()) {
      throw MetastoreException.of(ErrorCode.MEMBER_BAD_URLS);
    }
    return urls;
  }

  /**
   * Checks a change on the leader.
   *
   * @param members all that there are
   * @throws MetastoreException when it is refused
   */
  void check(List<Member> members, MemberCommand change) {
    Followers followers = Followers.of(division.getInfo());
    switch (change.getChangeCase()) {
      case ADD -> {
        if (NoPeersRpc.isUsed(division.getRaftServer().getProperties())) {
          // Whoever joined could never be reached.
          throw MetastoreException.of(ErrorCode.MEMBER_NOT_ENOUGH_STARTED);
        }
        if (strict && !change.getAdd().getIsLearner()) {
          requireMajority(members, 0, 1);
          requireHealth(members, followers);
        }
      }
      case REMOVE -> {
        Member gone = known(members, change.getRemove());
        if (strict && !gone.getIsLearner()) {
          checkRemoval(members, gone, followers);
        }
      }
      case PROMOTE -> {
        Member learner = known(members, change.getPromote());
        if (!learner.getIsLearner()) {
          throw MetastoreException.of(ErrorCode.MEMBER_NOT_LEARNER);
        }
        checkReady(learner, followers);
        if (strict) {
          requireMajority(members, learner.getID(), 1);
        }
      }
      case BOOTSTRAP, UPDATE, PUBLISH -> {}
      case CHANGE_NOT_SET -> throw MetastoreException.of(ErrorCode.NOT_CAPABLE);
    }
  }

  private static Member known(List<Member> members, long id) {
    return members.stream()
        .filter(member -> member.getID() == id)
        .findFirst()
        .orElseThrow(() -> MetastoreException.of(ErrorCode.MEMBER_NOT_FOUND));
  }

  /** Whether those that were ever started are a majority after a voter comes or goes. */
  private static void requireMajority(List<Member> members, long without, int added) {
    List<Member> voters =
        members.stream()
            .filter(member -> !member.getIsLearner() && member.getID() != without)
            .toList();
    long started = voters.stream().filter(member -> !member.getName().isEmpty()).count();
    // A promoted learner runs already.
    boolean promoted = without != 0 && added > 0;
    int voterCount = voters.size() + added;
    if (started == 1 && voterCount == 2) {
      // etcd lets a lone member have a second one.
      return;
    }
    if (voterCount == 0 || started + (promoted ? added : 0) < voterCount / 2 + 1) {
      throw MetastoreException.of(ErrorCode.MEMBER_NOT_ENOUGH_STARTED);
    }
  }

  private void checkRemoval(List<Member> members, Member gone, Followers followers) {
    requireMajority(members, gone.getID(), 0);
    if (!isActive(gone, followers)) {
      // Who is down is no part of the majority that works.
      return;
    }
    List<Member> voters = members.stream().filter(member -> !member.getIsLearner()).toList();
    long active = voters.stream().filter(member -> isActive(member, followers)).count();
    if (active - 1 < 1 + (voters.size() - 1) / 2) {
      throw MetastoreException.of(ErrorCode.UNHEALTHY);
    }
  }

  private void requireHealth(List<Member> members, Followers followers) {
    boolean healthy =
        members.stream()
            .filter(member -> !member.getIsLearner())
            .allMatch(member -> isActive(member, followers));
    if (!healthy) {
      throw MetastoreException.of(ErrorCode.UNHEALTHY);
    }
  }

  private boolean isActive(Member member, Followers followers) {
    return member.getID() == self || followers.isActive(member.getID(), HEALTHY);
  }

  private void checkReady(Member learner, Followers followers) {
    long last = division.getRaftLog().getLastCommittedIndex();
    Long match = followers.matchIndex().get(learner.getID());
    boolean ready =
        match != null && followers.isActive(learner.getID(), HEALTHY) && match >= last * READY;
    if (!ready) {
      throw MetastoreException.of(ErrorCode.LEARNER_NOT_READY);
    }
  }
}
