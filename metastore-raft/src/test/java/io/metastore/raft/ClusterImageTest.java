package io.metastore.raft;

import static io.metastore.raft.Nodes.TIMEOUT;
import static io.metastore.raft.Nodes.get;
import static io.metastore.raft.Nodes.keys;
import static io.metastore.raft.Nodes.put;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.metastore.api.ErrorCode;
import io.metastore.core.message.MemberAddRequest;
import io.metastore.core.message.MoveLeaderRequest;
import io.metastore.core.message.PutRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A member that the log does not reach back to gets an image of the leader's store. */
class ClusterImageTest {
  private static final int VALUE_BYTES = 900_000;

  /** More than two segments of the log. */
  private static final int VALUES = 40;

  @TempDir private Path temp;

  private static void fillLog(Node node) throws Exception {
    ByteString value = ByteString.copyFrom(new byte[VALUE_BYTES]);
    for (int i = 0; i < VALUES; i++) {
      get(
          node.store()
              .put(
                  PutRequest.newBuilder()
                      .setKey(ByteString.copyFromUtf8("big"))
                      .setValue(value)
                      .build(),
                  TIMEOUT));
    }
  }

  private static void purge(TestCluster cluster) {
    cluster.nodes().forEach(node -> ((RaftNode) node).flushAndPurge());
  }

  @EveryEngine
  void aMemberThatWasAwayForLongCatchesUpByAnImage(String engine) throws Exception {
    try (TestCluster cluster = TestCluster.start(temp, engine, 3)) {
      put(cluster.node("n1"), "before", "v");
      ClusterAuthTest.enable(cluster.node("n1"));
      String token = ClusterAuthTest.token(cluster.node("n1"));
      String away = cluster.follower();
      cluster.stop(away);
      Node writer = cluster.nodes().getFirst();
      fillLog(writer);
      purge(cluster);
      put(writer, "after", "v");
      Node back = cluster.start(away);
      assertTrue(back.awaitReady(TIMEOUT));
      assertEquals(3, keys(back).size());
      assertTrue(
          Files.exists(cluster.data(away).resolve("current-store")), "no image was installed");
      assertFalse(Files.exists(cluster.data(away).resolve("incoming")));
      TestCluster.until(
          "the store before it is gone", () -> !Files.exists(cluster.data(away).resolve("store")));
      put(back, "through-it", "v");
      ClusterTest.assertEqualHashes(cluster);
      assertUsersCameAndTokensDidNot(back, writer, token);
      cluster.stop(away);
      assertTrue(cluster.start(away).awaitReady(TIMEOUT));
      assertEquals(4, keys(cluster.node(away)).size());
      ClusterTest.assertEqualHashes(cluster);
    }
  }

  private static void assertUsersCameAndTokensDidNot(Node back, Node writer, String token)
      throws Exception {
    assertTrue(back.auth().state().enabled());
    assertEquals(
        ErrorCode.INVALID_AUTH_TOKEN, ClusterAuthTest.refusal(back.auth().identify(token)));
    assertEquals(ClusterAuthTest.ROOT, get(writer.auth().identify(token)));
    assertEquals(ClusterAuthTest.ROOT, get(back.auth().identify(ClusterAuthTest.token(writer))));
  }

  @EveryEngine
  void aNewMemberIsMadeOfAnImage(String engine) throws Exception {
    try (TestCluster cluster = TestCluster.start(temp, engine, 1)) {
      Node first = cluster.node("n1");
      put(first, "before", "v");
      fillLog(first);
      purge(cluster);
      get(
          first
              .cluster()
              .memberAdd(
                  MemberAddRequest.newBuilder()
                      .addPeerURLs(cluster.reserve("n2").toString())
                      .build(),
                  TIMEOUT));
      Node second = cluster.join("n2");
      assertTrue(second.awaitReady(TIMEOUT));
      assertEquals(2, keys(second).size());
      assertTrue(Files.exists(cluster.data("n2").resolve("current-store")));
      TestCluster.until("both vote", () -> ((RaftNode) first).voters() == 2);
      put(second, "through-it", "v");
      ClusterTest.assertEqualHashes(cluster);
    }
  }

  @Test
  void anImageThatANewLeaderDoesNotAskForHoldsNothingUp() throws Exception {
    Semaphore restores = new Semaphore(0);
    Semaphore restoring = new Semaphore(0);
    try (TestCluster cluster = TestCluster.start(temp, "memory", 3)) {
      String away = cluster.follower();
      cluster.stop(away);
      Node leader = cluster.node(cluster.leader());
      fillLog(leader);
      ((RaftNode) leader).flushAndPurge();
      Node back =
          cluster.start(
              away,
              HookedProvider.restoring(
                  "memory",
                  () -> {
                    restoring.release();
                    restores.acquireUninterruptibly();
                  }));
      assertTrue(restoring.tryAcquire(TIMEOUT.toSeconds(), TimeUnit.SECONDS), "no image");
      // The heir's log reaches back to the member: it never says that an image is needed.
      Node heir =
          cluster.nodes().stream()
              .filter(n -> !n.equals(leader) && !n.equals(back))
              .findFirst()
              .orElseThrow();
      CompletableFuture<Boolean> ready = CompletableFuture.supplyAsync(() -> isReady(back));
      TestCluster.until(
          "caught up",
          () -> {
            // A busy machine may depose the heir, and only its log reaches back.
            if (leader.consensus().isLeader()) {
              moveLeader(leader, heir);
            }
            return ready.isDone();
          });
      assertTrue(ready.join(), "not caught up");
      put(back, "after", "v");
      restores.release();
      TestCluster.until(
          "the image is gone", () -> !Files.exists(cluster.data(away).resolve("store-2")));
      assertFalse(Files.exists(cluster.data(away).resolve("current-store")));
      ClusterTest.assertEqualHashes(cluster);
    } finally {
      restores.release(10);
    }
  }

  private static boolean isReady(Node node) {
    try {
      return node.awaitReady(TIMEOUT);
    } catch (InterruptedException e) {
      throw new CompletionException(e);
    }
  }

  /** Asks for it; whether it came about is for the caller to see. */
  private static void moveLeader(Node leader, Node heir) {
    CompletableFuture<?> unused =
        leader
            .cluster()
            .moveLeader(
                MoveLeaderRequest.newBuilder().setTargetID(heir.consensus().memberId()).build(),
                TIMEOUT)
            .exceptionally(e -> null);
    unused.join();
  }
}
