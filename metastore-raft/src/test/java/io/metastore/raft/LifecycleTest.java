package io.metastore.raft;

import static io.metastore.raft.Nodes.options;
import static io.metastore.raft.Nodes.put;
import static io.metastore.raft.Nodes.startReady;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.api.storage.StorageEngine;
import io.metastore.api.storage.StorageEngineProvider;
import io.metastore.api.storage.StorageOptions;
import io.metastore.core.message.MemberAddRequest;
import io.metastore.core.message.MemberAddResponse;
import io.metastore.testkit.network.FreePorts;
import io.metastore.testkit.storage.Seed;
import io.metastore.testkit.storage.Together;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A node ends once, with one outcome, whoever ends it and whatever fails meanwhile. */
@Execution(ExecutionMode.CONCURRENT)
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class LifecycleTest {
  private static final int ROUNDS = 8;
  private static final int CLOSERS = 6;

  @TempDir Path temp;

  private Node start() throws Exception {
    return startReady(options(temp.resolve("data"), "memory"));
  }

  /** What Ratis says when a write or fsync of its log has failed. */
  private static void failLog(Node node, IOException cause) {
    ((RaftNode) node)
        .division()
        .getStateMachine()
        .event()
        .notifyLogFailed(cause, LogEntryProto.getDefaultInstance());
  }

  /** The cause of a node's end; empty when it was closed. */
  private static Optional<Throwable> outcome(Node node) throws Exception {
    try {
      Nodes.get(node.terminated());
      return Optional.empty();
    } catch (ExecutionException e) {
      return Optional.ofNullable(e.getCause());
    }
  }

  @Test
  void closingCompletesTheOutcomeWithNoError() throws Exception {
    Node node = start();
    assertFalse(node.terminated().isDone());
    put(node, "k", "v");
    node.close();
    assertEquals(Optional.empty(), outcome(node));
  }

  @Test
  void aNodeThatHasJustStartedIsClosedLikeAnyOther() throws Exception {
    NodeOptions options = options(temp.resolve("data"), "memory");
    Random random = Seed.random("LifecycleTest");
    for (int i = 0; i < ROUNDS; i++) {
      Node node = Node.start(options);
      CompletableFuture<?> put = Nodes.putAsync(node, "k" + i, "v");
      LockSupport.parkNanos(random.nextInt(20_000_000));
      node.close();
      assertEquals(Optional.empty(), outcome(node));
      assertTrue(put.isDone(), "a write was left open");
    }
  }

  /** Whoever catches it may start again in the same JVM. */
  @Test
  void startThatMeetsAnErrorLeavesNothing() throws Exception {
    Path data = temp.resolve("data");
    StorageEngineProvider memory = Nodes.provider("memory");
    StorageEngineProvider incomplete =
        new StorageEngineProvider() {
          @Override
          public String name() {
            return memory.name();
          }

          @Override
          public String version() {
            return memory.version();
          }

          @Override
          public StorageEngine open(StorageOptions options) {
            throw new OutOfMemoryError("of this test");
          }

          @Override
          public void restore(Path checkpoint, Path directory) {
            throw new UnsupportedOperationException();
          }
        };
    NodeOptions options = Nodes.options(data, incomplete, FreePorts.next());
    assertThrows(OutOfMemoryError.class, () -> Node.start(options));
    assertTrue(Files.notExists(data), "files are left");
    start().close();
  }

  @Test
  void onlyMemberNeedsNoNetworkAndTakesInNobody() throws Exception {
    NodeOptions options = Nodes.withoutPeers(options(temp.resolve("data"), "memory"));
    try (Node node = startReady(options)) {
      put(node, "k", "v");
      ExecutionException refused =
          assertThrows(
              ExecutionException.class,
              () ->
                  Nodes.get(
                      node.cluster()
                          .memberAdd(
                              MemberAddRequest.newBuilder()
                                  .addPeerURLs("http://127.0.0.1:1")
                                  .build(),
                              Nodes.TIMEOUT)));
      assertEquals(
          ErrorCode.MEMBER_NOT_ENOUGH_STARTED,
          assertInstanceOf(MetastoreException.class, refused.getCause()).code());
    }
    try (Node again = startReady(options)) {
      assertEquals(1, Nodes.all(again).getCount());
    }
  }

  @Test
  void logFailureBeforeACloseEndsTheNodeWithIt() throws Exception {
    Node node = start();
    put(node, "k", "v");
    IOException full = new IOException("the disk of this test is full");
    failLog(node, full);
    Throwable cause = outcome(node).orElseThrow();
    assertEquals(full, cause.getCause());
    assertTrue(cause.toString().contains(temp.toString()), cause::toString);
    node.close();
    node.close();
    try (Node again = start()) {
      assertEquals(1, Nodes.all(again).getCount());
    }
  }

  @Test
  void logFailureAfterACloseChangesNothing() throws Exception {
    Node node = start();
    node.close();
    failLog(node, new IOException("of this test"));
    assertEquals(Optional.empty(), outcome(node));
    node.close();
  }

  @Test
  void closingFromManyThreadsDuringALogFailureIsOneClose() throws Exception {
    Random random = Seed.random("LifecycleTest");
    NodeOptions options = options(temp.resolve("data"), "memory");
    for (int i = 0; i < ROUNDS; i++) {
      Node node = startReady(options);
      IOException full = new IOException("the disk of this test is full");
      try (Together threads = new Together()) {
        for (int closer = 0; closer < CLOSERS; closer++) {
          int pause = random.nextInt(3_000_000);
          threads.run(
              () -> {
                LockSupport.parkNanos(pause);
                node.close();
                // Whoever returns finds everything closed.
                return assertThrows(IllegalStateException.class, node::storageSizes);
              });
        }
        int pause = random.nextInt(6_000_000);
        threads.run(
            () -> {
              LockSupport.parkNanos(pause);
              failLog(node, full);
              return 0;
            });
        threads.join();
      }
      // Whichever came first, and nothing of both.
      outcome(node).ifPresent(cause -> assertEquals(full, cause.getCause()));
    }
  }

  @Test
  void closingEndsTheLoopsOfTheMembersAndAnswersTheirChanges() throws Exception {
    try (TestCluster cluster = TestCluster.start(temp, "memory", 2)) {
      Node leader = cluster.node(cluster.leader());
      cluster.stop(cluster.follower());
      // Without a majority it is not decided; nobody may be left waiting for it.
      CompletableFuture<MemberAddResponse> change =
          leader
              .cluster()
              .memberAdd(
                  MemberAddRequest.newBuilder().addPeerURLs("http://127.0.0.1:1").build(),
                  Nodes.TIMEOUT);
      assertFalse(change.isDone());
      // Fails when a loop does not end.
      leader.close();
      assertThrows(ExecutionException.class, () -> Nodes.get(change));
    }
  }
}
