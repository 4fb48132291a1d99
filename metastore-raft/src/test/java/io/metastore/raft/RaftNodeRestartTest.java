package io.metastore.raft;

import static io.metastore.raft.Nodes.options;
import static io.metastore.raft.Nodes.put;
import static io.metastore.raft.Nodes.startReady;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.core.NodeMetrics;
import io.metastore.core.Reply;
import io.metastore.core.message.Proposal;
import io.metastore.core.task.TaskScope;
import io.metastore.testkit.storage.Together;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Starts and stops leave nothing behind: alone in the JVM, because its threads, files and memory
 * are counted. Thousands of whole nodes on demand: {@code -Dmetastore.restarts=2000}.
 */
@Isolated
@Timeout(value = 3600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class RaftNodeRestartTest {
  private static final int RESTARTS = Integer.getInteger("metastore.restarts", 10);

  /** Of a proposer, read barrier and their loops over a log of the test's. */
  private static final int ROUNDS = 2000;

  // Classes, pools of the JDK and Ratis' own statics come with the first.
  private static final int WARM_UP = 5;
  // Less than one for each restart.
  private static final int SLACK = 4;
  private static final long SLACK_BYTES = 4L << 20;

  @TempDir Path temp;

  /** What a process must not have more and more of. */
  private record Holdings(long threads, long files, long directBytes) {
    static Holdings now() {
      return new Holdings(
          Thread.getAllStackTraces().size(),
          openFiles(),
          ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
              .mapToLong(BufferPoolMXBean::getMemoryUsed)
              .sum());
    }

    boolean isNoMoreThan(Holdings before) {
      return threads <= before.threads + SLACK
          && files <= before.files + SLACK
          && directBytes <= before.directBytes + SLACK_BYTES;
    }
  }

  private static void assertNothingIsLeft(Holdings before) throws Exception {
    Together.await("as much as " + before, () -> Holdings.now().isNoMoreThan(before));
  }

  @EveryEngine
  void restartsOfANodeLeakNothing(String engine) throws Exception {
    NodeOptions options = options(temp.resolve("data"), engine);
    Holdings before = Holdings.now();
    for (int i = 0; i < RESTARTS + WARM_UP; i++) {
      if (i == WARM_UP) {
        before = Holdings.now();
      }
      try (Node node = startReady(options)) {
        assertEquals(i + 2, put(node, "k", "v" + i));
      }
    }
    assertNothingIsLeft(before);
  }

  @Test
  void thousandsOfRoundsOfProposerAndBarrierLeakNothing() throws Exception {
    Holdings before = Holdings.now();
    for (int i = 0; i < ROUNDS + WARM_UP; i++) {
      if (i == WARM_UP) {
        before = Holdings.now();
      }
      oneRound();
    }
    assertNothingIsLeft(before);
  }

  private static void oneRound() throws Exception {
    FakeRaftLog log = new FakeRaftLog();
    try (TaskScope scope = TaskScope.open("round")) {
      Proposer proposer =
          new Proposer(1, 10, Duration.ofMillis(1), Duration.ofSeconds(2), NodeMetrics.NONE);
      ReadBarrier barrier = new ReadBarrier(log, 10, Duration.ofSeconds(5), NodeMetrics.NONE);
      proposer.start(log, scope);
      barrier.start(scope);
      CompletableFuture<Reply> outcome =
          proposer.propose(Proposal.getDefaultInstance(), Duration.ofSeconds(5));
      CompletableFuture<Void> passed = barrier.await();
      log.round().complete(null);
      Nodes.get(passed);
      log.submitted();
      proposer.close();
      barrier.close();
      assertTrue(outcome.isCompletedExceptionally(), "left open");
    }
  }

  private static long openFiles() {
    Path descriptors = Path.of("/proc/self/fd");
    if (!Files.exists(descriptors)) {
      return 0;
    }
    try (Stream<Path> open = Files.list(descriptors)) {
      return open.count();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
