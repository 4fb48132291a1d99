package io.metastore.raft;

import static io.metastore.raft.Nodes.all;
import static io.metastore.raft.Nodes.keys;
import static io.metastore.raft.Nodes.options;
import static io.metastore.raft.Nodes.put;
import static io.metastore.raft.Nodes.startReady;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.testkit.storage.Seed;
import io.metastore.testkit.storage.Together;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Starts on what a crash leaves behind: copies of the directory of a running node. */
@Execution(ExecutionMode.CONCURRENT)
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class RaftNodeCrashTest {
  private static final int WRITES = 40;

  @TempDir Path temp;

  private Path directory() {
    return temp.resolve("data");
  }

  private Path copy() {
    return temp.resolve("copy");
  }

  @EveryEngine
  void everythingAcknowledgedBeforeACrashIsThere(String engine) throws Exception {
    List<String> acknowledged = new CopyOnWriteArrayList<>();
    AtomicBoolean stop = new AtomicBoolean();
    List<String> before;
    try (Node node = startReady(options(directory(), engine));
        Together writers = new Together()) {
      for (int w = 0; w < 3; w++) {
        String prefix = "w" + w + "-";
        writers.run(
            () -> {
              for (int i = 0; !stop.get(); i++) {
                put(node, prefix + i, "value " + i);
                acknowledged.add(prefix + i);
              }
              return 0;
            });
      }
      Together.await("some writes are acknowledged", () -> acknowledged.size() > 200);
      before = new ArrayList<>(acknowledged);
      DataCopies.copy(directory(), copy());
      stop.set(true);
      writers.join();
    }
    try (Node node = startReady(options(copy(), engine))) {
      List<String> found = keys(node);
      assertTrue(found.containsAll(before), "acknowledged writes are missing");
      assertEquals(found.size() + 1L, all(node).getHeader().getRevision());
      put(node, "after", "x");
    }
    // The entries of the crashed run and those after it, in one log.
    try (Node node = startReady(options(copy(), engine))) {
      assertTrue(keys(node).containsAll(before));
      assertTrue(keys(node).contains("after"));
    }
  }

  private void fillAndCopy(String engine) throws Exception {
    try (Node node = startReady(options(directory(), engine))) {
      for (int i = 0; i < WRITES; i++) {
        put(node, "k" + i, "value " + i);
      }
      DataCopies.copy(directory(), copy());
    }
  }

  private static void assertHolds(Path directory, String engine, int writes) throws Exception {
    for (int start = 0; start < 2; start++) {
      try (Node node = startReady(options(directory, engine))) {
        List<String> found = keys(node);
        for (int i = 0; i < writes; i++) {
          assertTrue(found.contains("k" + i), "k" + i + " is missing");
        }
        put(node, "after" + start, "x");
      }
    }
  }

  /** Begins a record of 3000 bytes. */
  private static void writeSize3000(byte[] segment, int at) {
    segment[at] = (byte) 0xB8;
    segment[at + 1] = 0x17;
  }

  @EveryEngine
  void aRecordThatWasBegunAndNotFinishedIsNoObstacle(String engine) throws Exception {
    fillAndCopy(engine);
    Path segment = DataCopies.newestSegment(copy());
    byte[] bytes = Files.readAllBytes(segment);
    int end = DataCopies.endOfRecords(bytes);
    byte[] torn = bytes.clone();
    writeSize3000(torn, end);
    Arrays.fill(torn, end + 2, end + 700, (byte) 'x');
    Files.write(segment, torn);
    assertHolds(copy(), engine, WRITES);
  }

  @EveryEngine
  void aRecordWithAMissingSectorIsNoObstacle(String engine) throws Exception {
    fillAndCopy(engine);
    Path segment = DataCopies.newestSegment(copy());
    byte[] bytes = Files.readAllBytes(segment);
    int end = DataCopies.endOfRecords(bytes);
    // Power failed while the disk wrote the record's sectors in an order of its own.
    byte[] torn = bytes.clone();
    Random random = Seed.random("RaftNodeCrashTest");
    byte[] written = new byte[4000];
    random.nextBytes(written);
    System.arraycopy(written, 0, torn, end, written.length);
    writeSize3000(torn, end);
    int sector = (end / 512 + 2) * 512;
    Arrays.fill(torn, sector, sector + 512, (byte) 0);
    Files.write(segment, torn);
    assertHolds(copy(), engine, WRITES);
  }

  @EveryEngine
  void damageThatNoCrashExplainsIsRefusedAndKept(String engine) throws Exception {
    fillAndCopy(engine);
    Path segment = DataCopies.newestSegment(copy());
    byte[] bytes = Files.readAllBytes(segment);
    byte[] damaged = bytes.clone();
    damaged[DataCopies.endOfRecords(bytes) / 2] ^= 0x10;
    Files.write(segment, damaged);
    NodeOptions options = options(copy(), engine);
    StartException refused = assertThrows(StartException.class, () -> Node.start(options));
    assertTrue(refused.toString().contains(copy().toString()), refused.toString());
    assertArrayEquals(damaged, Files.readAllBytes(segment));
    // Everything was let go: with the damage undone the node starts.
    Files.write(segment, bytes);
    assertHolds(copy(), engine, WRITES);
  }

  @EveryEngine
  void aLastRecordCutShortCostsThatRecordAlone(String engine) throws Exception {
    fillAndCopy(engine);
    Path segment = DataCopies.newestSegment(copy());
    byte[] bytes = Files.readAllBytes(segment);
    Files.write(segment, Arrays.copyOf(bytes, DataCopies.endOfRecords(bytes) - 3));
    assertHolds(copy(), engine, WRITES - 1);
  }

  @EveryEngine
  void aLogThatEndsBeforeTheStoreIsRefused(String engine) throws Exception {
    try (Node node = startReady(options(directory(), engine))) {
      for (int i = 0; i < WRITES; i++) {
        put(node, "k" + i, "value " + i);
      }
    }
    Path segment = DataCopies.newestSegment(directory());
    byte[] bytes = Files.readAllBytes(segment);
    Files.write(segment, Arrays.copyOf(bytes, DataCopies.endOfRecords(bytes) - 3));
    NodeOptions options = options(directory(), engine);
    StartException refused = assertThrows(StartException.class, () -> Node.start(options));
    assertTrue(refused.toString().contains("ends at entry"), refused.toString());
    Files.write(segment, bytes);
    assertHolds(directory(), engine, WRITES);
  }
}
