package io.metastore.raft;

import static io.metastore.raft.Nodes.TIMEOUT;
import static io.metastore.raft.Nodes.get;
import static io.metastore.raft.Nodes.keys;
import static io.metastore.raft.Nodes.put;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.metastore.core.message.HashKVRequest;
import io.metastore.core.message.LeaseGrantRequest;
import io.metastore.core.message.LeaseKeepAliveRequest;
import io.metastore.core.message.Member;
import io.metastore.core.message.RangeRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several members in one JVM: what is written through one is read through all. */
class ClusterTest {
  @TempDir private Path temp;

  @Test
  void whatOneMemberWritesEveryMemberReads() throws Exception {
    try (TestCluster cluster = TestCluster.start(temp, "memory", 3)) {
      for (Node writer : cluster.nodes()) {
        String key = "by-" + Long.toHexString(writer.consensus().memberId());
        put(writer, key, "v");
        for (Node reader : cluster.nodes()) {
          assertTrue(keys(reader).contains(key));
        }
      }
      assertEquals(4, Nodes.all(cluster.node("n1")).getHeader().getRevision());
    }
  }

  @Test
  void everyMemberIsKnownWithItsNameAndItsClientUrls() throws Exception {
    try (TestCluster cluster = TestCluster.start(temp, "memory", 3)) {
      Node asked = cluster.node(cluster.follower());
      cluster.awaitPublished();
      List<Member> members = TestCluster.members(asked);
      assertEquals(3, members.size());
      for (Member member : members) {
        assertEquals(
            List.of("http://client-of-" + member.getName() + ":2379"), member.getClientURLsList());
        assertEquals(
            List.of(cluster.peerUrl(member.getName()).toString()), member.getPeerURLsList());
        assertEquals(cluster.node(member.getName()).consensus().memberId(), member.getID());
      }
    }
  }

  @Test
  void aLostLeaderIsFollowedByAnotherAndNoWriteIsLostOrDoneTwice() throws Exception {
    try (TestCluster cluster = TestCluster.start(temp, "memory", 3)) {
      String leader = cluster.leader();
      Node writer = cluster.node(cluster.follower());
      List<CompletableFuture<?>> puts = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        puts.add(Nodes.putAsync(writer, "before-" + i, "v"));
      }
      cluster.stop(leader);
      for (int i = 0; i < 50; i++) {
        puts.add(Nodes.putAsync(writer, "after-" + i, "v"));
      }
      for (CompletableFuture<?> put : puts) {
        get(put);
      }
      // 100 puts make 100 revisions: none was done twice.
      assertEquals(101, Nodes.all(writer).getHeader().getRevision());
      cluster.start(leader);
      cluster.awaitReady();
      assertEquals(100, keys(cluster.node(leader)).size());
      assertEqualHashes(cluster);
    }
  }

  @Test
  void aPutThroughAFollowerWaitsForNoHeartbeat() throws Exception {
    int puts = 20;
    Duration heartbeat = Duration.ofMillis(400);
    try (TestCluster cluster = TestCluster.startWithRareHeartbeats(temp, "memory", 3, heartbeat)) {
      Node follower = cluster.node(cluster.follower());
      // On average half an interval would be waited for each; a busy machine gets more tries.
      long waits = puts * heartbeat.toNanos() / 2;
      long quickest = Long.MAX_VALUE;
      for (int i = 0; i < 10 && quickest > waits / 2; i++) {
        long started = System.nanoTime();
        for (int j = 0; j < puts; j++) {
          put(follower, "k", "v");
        }
        quickest = Math.min(quickest, System.nanoTime() - started);
      }
      long nanos = quickest;
      assertTrue(nanos <= waits / 2, () -> nanos / 1_000_000 + " ms for " + puts + " puts");
    }
  }

  @Test
  void withoutAMajorityOnlySerializableReadsAreAnswered() throws Exception {
    try (TestCluster cluster = TestCluster.start(temp, "memory", 3)) {
      put(cluster.node("n1"), "k", "v");
      for (Node node : cluster.nodes()) {
        assertEquals(List.of("k"), keys(node));
      }
      cluster.stop("n2");
      cluster.stop("n3");
      Node left = cluster.node("n1");
      TestCluster.until("no leader", () -> !left.consensus().hasLeader());
      RangeRequest read =
          RangeRequest.newBuilder()
              .setKey(ByteString.copyFromUtf8("k"))
              .setSerializable(true)
              .build();
      assertEquals(1, get(left.store().range(read, TIMEOUT)).getCount());
      assertFalse(left.awaitReady(TestCluster.ELECTION));
    }
  }

  @Test
  void aLeaseIsRenewedThroughAnyMember() throws Exception {
    try (TestCluster cluster = TestCluster.start(temp, "memory", 3)) {
      Node follower = cluster.node(cluster.follower());
      long id =
          get(follower
                  .store()
                  .leaseGrant(LeaseGrantRequest.newBuilder().setTTL(60).build(), TIMEOUT))
              .getID();
      for (Node node : cluster.nodes()) {
        assertEquals(
            60,
            get(node.store()
                    .leaseKeepAlive(LeaseKeepAliveRequest.newBuilder().setID(id).build(), TIMEOUT))
                .getTTL());
      }
    }
  }

  @Test
  void allMembersComeBackWithWhatTheyHad() throws Exception {
    try (TestCluster cluster = TestCluster.start(temp, "memory", 3)) {
      for (int i = 0; i < 20; i++) {
        put(cluster.node("n1"), "k" + i, "v");
      }
      for (String name : List.of("n1", "n2", "n3")) {
        cluster.stop(name);
      }
      for (String name : List.of("n1", "n2", "n3")) {
        cluster.start(name);
      }
      cluster.awaitReady();
      for (Node node : cluster.nodes()) {
        assertEquals(20, keys(node).size());
      }
      put(cluster.node("n2"), "again", "v");
      assertEqualHashes(cluster);
    }
  }

  static void assertEqualHashes(TestCluster cluster) throws Exception {
    long revision = Nodes.all(cluster.nodes().getFirst()).getHeader().getRevision();
    List<Integer> hashes = new ArrayList<>();
    for (Node node : cluster.nodes()) {
      // A linearizable read: this member then has the revision.
      Nodes.all(node);
      hashes.add(
          get(node.store()
                  .hashKv(HashKVRequest.newBuilder().setRevision(revision).build(), TIMEOUT))
              .getHash());
    }
    assertEquals(1, hashes.stream().distinct().count(), hashes::toString);
  }
}
