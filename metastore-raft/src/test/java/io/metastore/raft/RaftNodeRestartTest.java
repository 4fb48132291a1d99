package io.metastore.raft;

import static io.metastore.raft.Nodes.all;
import static io.metastore.raft.Nodes.options;
import static io.metastore.raft.Nodes.put;
import static io.metastore.raft.Nodes.startReady;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.testkit.storage.Together;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** One node many times: alone in the JVM, because its threads and files are counted. */
@Isolated
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class RaftNodeRestartTest {
  private static final int RESTARTS = 10;
  // Less than one for each restart.
  private static final int SLACK = 4;

  @TempDir Path temp;

  @Test
  void restartsLeakNeitherThreadsNorFiles() throws Exception {
    NodeOptions options = options(temp.resolve("data"), "memory");
    // Classes, pools of the JDK and Ratis' own statics come with the first.
    restart(options, 0);
    restart(options, 1);
    long threads = Thread.getAllStackTraces().size();
    long files = openFiles();
    for (int i = 2; i < RESTARTS; i++) {
      restart(options, i);
    }
    Together.await(
        "threads of closed nodes end", () -> Thread.getAllStackTraces().size() <= threads + SLACK);
    assertTrue(openFiles() <= files + SLACK, () -> files + " files, then " + openFiles());
  }

  private static void restart(NodeOptions options, int i) throws Exception {
    try (Node node = startReady(options)) {
      assertEquals(i + 2, put(node, "k" + i, "v"));
      assertEquals(i + 1, all(node).getCount());
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
