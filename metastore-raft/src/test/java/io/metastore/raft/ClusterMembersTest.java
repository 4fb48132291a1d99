package io.metastore.raft;

import static io.metastore.raft.Nodes.TIMEOUT;
import static io.metastore.raft.Nodes.get;
import static io.metastore.raft.Nodes.keys;
import static io.metastore.raft.Nodes.put;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.core.message.Member;
import io.metastore.core.message.MemberAddRequest;
import io.metastore.core.message.MemberPromoteRequest;
import io.metastore.core.message.MemberRemoveRequest;
import io.metastore.core.message.MemberUpdateRequest;
import io.metastore.core.message.MoveLeaderRequest;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members come, go and change. */
class ClusterMembersTest {
  @TempDir private Path temp;

  private static Member add(Node node, URI peerUrl, boolean learner) throws Exception {
    return get(node.cluster()
            .memberAdd(
                MemberAddRequest.newBuilder()
                    .addPeerURLs(peerUrl.toString())
                    .setIsLearner(learner)
                    .build(),
                TIMEOUT))
        .getMember();
  }

  private static ErrorCode refusal(CompletableFuture<?> call) {
    ExecutionException thrown =
        assertThrows(
            ExecutionException.class, () -> call.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS));
    return assertInstanceOf(MetastoreException.class, thrown.getCause()).code();
  }

  private static void remove(Node through, Node gone) throws Exception {
    get(
        through
            .cluster()
            .memberRemove(
                MemberRemoveRequest.newBuilder().setID(gone.consensus().memberId()).build(),
                TIMEOUT));
  }

  private static void assertStopsAsRemoved(Node node) {
    ExecutionException end =
        assertThrows(
            ExecutionException.class,
            () -> node.terminated().get(TIMEOUT.toSeconds(), TimeUnit.SECONDS));
    assertInstanceOf(RemovedException.class, end.getCause());
    assertTrue(end.toString().contains("was removed from cluster"), end::toString);
  }

  @Test
  void aMemberIsAddedBeforeItRunsAndThenTakesPart() throws Exception {
    try (TestCluster cluster = TestCluster.start(temp, "memory", 1)) {
      Node first = cluster.node("n1");
      put(first, "before", "v");
      Member added = add(first, cluster.reserve("n2"), false);
      assertEquals("", added.getName());
      // The one that does not run yet has no vote: writes go on.
      put(first, "between", "v");
      Node second = cluster.join("n2");
      assertTrue(second.awaitReady(TIMEOUT));
      assertEquals(added.getID(), second.consensus().memberId());
      assertEquals(List.of("before", "between"), keys(second));
      put(second, "through-it", "v");
      TestCluster.until("both vote", () -> ((RaftNode) first).voters() == 2);
      add(second, cluster.reserve("n3"), false);
      assertTrue(cluster.join("n3").awaitReady(TIMEOUT));
      TestCluster.until("three vote", () -> ((RaftNode) first).voters() == 3);
      ClusterTest.assertEqualHashes(cluster);
    }
  }

  @Test
  void aLearnerHasNoVoteUntilItIsPromoted() throws Exception {
    try (TestCluster cluster = TestCluster.start(temp, "memory", 1)) {
      Node first = cluster.node("n1");
      put(first, "k", "v");
      long id = add(first, cluster.reserve("n2"), true).getID();
      MemberPromoteRequest promote = MemberPromoteRequest.newBuilder().setID(id).build();
      assertEquals(
          ErrorCode.LEARNER_NOT_READY, refusal(first.cluster().memberPromote(promote, TIMEOUT)));
      assertEquals(
          ErrorCode.TOO_MANY_LEARNERS,
          refusal(
              first
                  .cluster()
                  .memberAdd(
                      MemberAddRequest.newBuilder()
                          .addPeerURLs("http://127.0.0.1:1")
                          .setIsLearner(true)
                          .build(),
                      TIMEOUT)));
      Node second = cluster.join("n2");
      TestCluster.until("it learns", () -> second.consensus().learner());
      assertEquals(1, ((RaftNode) first).voters());
      TestCluster.until("it knows the leader", () -> second.consensus().hasLeader());
      TestCluster.until(
          "it has the key", () -> second.storeStatistics().getOrDefault("keys", 0L) == 1L);
      cluster.awaitPublished();
      // Of so short a log a learner that lacks the last entry lacks more than a tenth.
      TestCluster.until(
          "it is promoted",
          () ->
              first
                  .cluster()
                  .memberPromote(promote, TIMEOUT)
                  .handle((promoted, failure) -> failure == null)
                  .join());
      TestCluster.until("it votes", () -> !second.consensus().learner());
      assertTrue(second.awaitReady(TIMEOUT));
      assertEquals(List.of("k"), keys(second));
      assertEquals(2, ((RaftNode) first).voters());
      assertEquals(1, cluster.figures("n1").promoted());
      assertEquals(
          ErrorCode.MEMBER_NOT_LEARNER, refusal(second.cluster().memberPromote(promote, TIMEOUT)));
    }
  }

  @Test
  void aRemovedMemberStopsAlsoWhenItLedOrAskedForIt() throws Exception {
    try (TestCluster cluster = TestCluster.start(temp, "memory", 3)) {
      put(cluster.node("n1"), "k", "v");
      cluster.awaitPublished();
      String first = cluster.leader();
      Node leader = cluster.node(first);
      remove(leader, leader);
      assertStopsAsRemoved(leader);
      cluster.forget(first);
      put(cluster.nodes().getFirst(), "k2", "v");
      String second = cluster.follower();
      Node follower = cluster.node(second);
      remove(follower, follower);
      assertStopsAsRemoved(follower);
      cluster.forget(second);
      Node last = cluster.nodes().getFirst();
      put(last, "k3", "v");
      assertEquals(List.of("k", "k2", "k3"), keys(last));
      assertEquals(
          ErrorCode.MEMBER_NOT_ENOUGH_STARTED,
          refusal(
              last.cluster()
                  .memberRemove(
                      MemberRemoveRequest.newBuilder().setID(last.consensus().memberId()).build(),
                      TIMEOUT)));
    }
  }

  @Test
  @DisplayName("80: of two removals that together cost the majority one is refused")
  void twoRemovalsAtOnceAreCheckedOneAfterTheOther() throws Exception {
    try (TestCluster cluster = TestCluster.start(temp, "memory", 3)) {
      cluster.awaitPublished();
      Node leader = cluster.node(cluster.leader());
      add(leader, cluster.reserve("n4"), false);
      List<CompletableFuture<Boolean>> removals = new ArrayList<>();
      for (Node node : cluster.nodes()) {
        if (!node.equals(leader)) {
          removals.add(
              leader
                  .cluster()
                  .memberRemove(
                      MemberRemoveRequest.newBuilder().setID(node.consensus().memberId()).build(),
                      TIMEOUT)
                  .handle((removed, failure) -> failure == null));
        }
      }
      int removed = 0;
      for (CompletableFuture<Boolean> removal : removals) {
        removed += get(removal) ? 1 : 0;
      }
      // With both gone the leader would be one of two, the other of which never ran.
      assertEquals(1, removed);
    }
  }

  @Test
  void aMemberWhoseDataIsLostIsReplaced() throws Exception {
    try (TestCluster cluster = TestCluster.start(temp, "memory", 3)) {
      cluster.awaitPublished();
      String lost = cluster.follower();
      Node gone = cluster.node(lost);
      put(gone, "k", "v");
      cluster.stop(lost);
      Node left = cluster.nodes().getFirst();
      remove(left, gone);
      StoreFolders.delete(cluster.data(lost));
      long id = add(left, cluster.peerUrl(lost), false).getID();
      Node again = cluster.join(lost);
      assertTrue(again.awaitReady(TIMEOUT));
      assertEquals(id, again.consensus().memberId());
      assertEquals(List.of("k"), keys(again));
      TestCluster.until("three vote", () -> ((RaftNode) left).voters() == 3);
    }
  }

  @Test
  void aMemberThatMovesToAnotherPeerUrlIsReachedThere() throws Exception {
    try (TestCluster cluster = TestCluster.start(temp, "memory", 3)) {
      cluster.awaitPublished();
      String moving = cluster.leader();
      long id = cluster.node(moving).consensus().memberId();
      URI before = cluster.peerUrl(moving);
      URI after = cluster.reserve(moving);
      assertNotEquals(before, after);
      get(
          cluster
              .node(moving)
              .cluster()
              .memberUpdate(
                  MemberUpdateRequest.newBuilder().setID(id).addPeerURLs(after.toString()).build(),
                  TIMEOUT));
      cluster.stop(moving);
      String staying = cluster.leader();
      put(cluster.node(staying), "while-it-moves", "v");
      Node moved = cluster.start(moving);
      assertTrue(moved.awaitReady(TIMEOUT));
      assertEquals(List.of("while-it-moves"), keys(moved));
      // It is half of the majority now, votes, and is reached for what only it could know.
      cluster.stop(cluster.follower().equals(moving) ? staying : cluster.follower());
      put(cluster.node(moving), "with-it", "v");
      put(cluster.nodes().getFirst(), "with-it-2", "v");
    }
  }

  @Test
  void leadershipIsHandedOverByTheLeaderAlone() throws Exception {
    try (TestCluster cluster = TestCluster.start(temp, "memory", 3)) {
      Node leader = cluster.node(cluster.leader());
      Node heir = cluster.node(cluster.follower());
      MoveLeaderRequest move =
          MoveLeaderRequest.newBuilder().setTargetID(heir.consensus().memberId()).build();
      assertEquals(ErrorCode.NOT_LEADER, refusal(heir.cluster().moveLeader(move, TIMEOUT)));
      assertEquals(
          ErrorCode.BAD_LEADER_TRANSFEREE,
          refusal(
              leader
                  .cluster()
                  .moveLeader(MoveLeaderRequest.newBuilder().setTargetID(7).build(), TIMEOUT)));
      get(leader.cluster().moveLeader(move, TIMEOUT));
      TestCluster.until("the heir leads", () -> heir.consensus().isLeader());
      put(leader, "k", "v");
    }
  }

  @Test
  void joiningWithoutBeingAddedIsRefused() throws Exception {
    try (TestCluster cluster = TestCluster.start(temp, "memory", 1)) {
      URI unused = cluster.reserve("n2");
      StartException refused = assertThrows(StartException.class, () -> cluster.join("n2"));
      assertTrue(refused.toString().contains("add this member first"), refused::toString);
      assertTrue(refused.toString().contains(unused.toString()), refused::toString);
    }
  }
}
