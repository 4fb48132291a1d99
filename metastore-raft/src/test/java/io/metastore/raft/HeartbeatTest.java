package io.metastore.raft;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A leader's heartbeats come as often as is set, not twice in an election timeout. */
class HeartbeatTest {
  private static final Duration WATCHED = Duration.ofMillis(1500);

  /** Ratis' own would be no more than this, and one for the beginning. */
  private static final long HALF_TIMEOUTS =
      WATCHED.dividedBy(TestCluster.ELECTION.dividedBy(2)) + 1;

  private static final long ENOUGH = HALF_TIMEOUTS + 3;
  private static final int TRIES = 20;

  @TempDir private Path temp;

  private static long silenceMillis(Node follower) {
    return ((RaftNode) follower)
        .division()
        .getInfo()
        .getRoleInfoProto()
        .getFollowerInfo()
        .getLeaderInfo()
        .getLastRpcElapsedTimeMs();
  }

  @Test
  void anIdleFollowerHearsOfItsLeaderInEachHeartbeatInterval() throws Exception {
    try (TestCluster cluster = TestCluster.start(temp, "memory", 2)) {
      cluster.awaitPublished();
      Node follower = cluster.node(cluster.follower());
      long most = 0;
      // A busy machine gets more tries.
      for (int i = 0; i < TRIES && most <= ENOUGH; i++) {
        most = Math.max(most, timesHeardOf(follower));
      }
      long times = most;
      assertTrue(times > ENOUGH, () -> "heard of " + times + " times in " + WATCHED);
    }
  }

  @Test
  void aLeaderTellsHowLongItsHeartbeatsTake() throws Exception {
    try (TestCluster cluster = TestCluster.start(temp, "memory", 2)) {
      // Whichever of them leads.
      TestCluster.until(
          "heartbeats are answered",
          () -> answers(cluster, "n1", "n2") > 2 || answers(cluster, "n2", "n1") > 2);
    }
  }

  private static int answers(TestCluster cluster, String leader, String follower) {
    return cluster.figures(leader).answers(cluster.node(follower).consensus().memberId());
  }

  private static long timesHeardOf(Node follower) throws InterruptedException {
    long end = System.nanoTime() + WATCHED.toNanos();
    long heard = 0;
    long silence = silenceMillis(follower);
    while (System.nanoTime() < end) {
      TimeUnit.MILLISECONDS.sleep(3);
      long now = silenceMillis(follower);
      heard += now < silence ? 1 : 0;
      silence = now;
    }
    return heard;
  }
}
