package io.metastore.raft;

import static io.metastore.raft.Nodes.TIMEOUT;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.core.message.RangeRequest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** Closing does not wait for what nobody needs. */
@Isolated
class CloseTimeTest {
  private static final int TRIES = 5;

  @TempDir private Path temp;

  private static long closeMillis(Node node) {
    long begun = System.nanoTime();
    node.close();
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
  }

  @Test
  void aCloseDoesNotWaitForTheLogsThreadToLookAtTheClock() throws Exception {
    // Ratis' own way takes a second, less what has passed since the last entry.
    long quickest = Long.MAX_VALUE;
    for (int i = 0; i < TRIES && quickest > 500; i++) {
      Node node = Nodes.startReady(Nodes.options(temp.resolve("data" + i), "memory"));
      Nodes.put(node, "k", "v");
      quickest = Math.min(quickest, closeMillis(node));
    }
    long millis = quickest;
    assertTrue(millis <= 500, () -> "took " + millis + " ms");
  }

  @Test
  void aCloseDoesNotWaitForAMajorityThatIsNotThere() throws Exception {
    try (TestCluster cluster = TestCluster.start(temp, "memory", 3)) {
      Node left = cluster.node("n1");
      cluster.stop("n2");
      cluster.stop("n3");
      TestCluster.until("no leader", () -> !left.consensus().hasLeader());
      CompletableFuture<?> put = Nodes.putAsync(left, "k", "v");
      CompletableFuture<?> read = left.store().range(RangeRequest.getDefaultInstance(), TIMEOUT);
      long millis = closeMillis(left);
      assertTrue(put.isDone() && read.isDone(), "somebody was left waiting");
      assertTrue(millis < 1200, () -> "took " + millis + " ms");
    }
  }

  @Test
  void aMemberThatIsSilentDoesNotHoldUpAClose() throws Exception {
    try (TestCluster cluster = new TestCluster(temp, "memory");
        ServerSocket silent = new ServerSocket()) {
      // It is connected to, and never says a word: Ratis would wait for it for 3 s and more.
      int port = cluster.reserve("n3").getPort();
      silent.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      cluster.reserve("n1");
      cluster.reserve("n2");
      cluster.start("n1");
      cluster.start("n2");
      cluster.awaitReady();
      Nodes.put(cluster.node("n1"), "k", "v");
      Node leader = cluster.node(cluster.leader());
      long millis = closeMillis(leader);
      assertTrue(millis < 2500, () -> "took " + millis + " ms");
    }
  }
}
