package io.metastore.raft;

import static io.metastore.raft.Nodes.TIMEOUT;
import static io.metastore.raft.Nodes.all;
import static io.metastore.raft.Nodes.delete;
import static io.metastore.raft.Nodes.keys;
import static io.metastore.raft.Nodes.options;
import static io.metastore.raft.Nodes.put;
import static io.metastore.raft.Nodes.putAsync;
import static io.metastore.raft.Nodes.startReady;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.api.storage.StorageException;
import io.metastore.core.message.PutResponse;
import io.metastore.core.message.RangeRequest;
import io.metastore.core.message.RangeResponse;
import io.metastore.testkit.network.FreePorts;
import io.metastore.testkit.storage.Together;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A whole node, in this process, on real engines and over a real log. */
@Execution(ExecutionMode.CONCURRENT)
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class RaftNodeTest {
  @TempDir Path temp;

  private Path directory() {
    return temp.resolve("data");
  }

  private static void assertStopped(CompletableFuture<?> future) {
    ExecutionException thrown =
        assertThrows(
            ExecutionException.class, () -> future.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS));
    MetastoreException refused = assertInstanceOf(MetastoreException.class, thrown.getCause());
    assertEquals(ErrorCode.STOPPED, refused.code());
  }

  @EveryEngine
  void whatWasAcknowledgedIsThereAfterARestart(String engine) throws Exception {
    NodeOptions options = options(directory(), engine);
    try (Node node = startReady(options)) {
      for (int i = 0; i < 100; i++) {
        assertEquals(i + 2, put(node, "k" + i, "v" + i));
      }
      delete(node, "k5");
      assertEquals(99, all(node).getCount());
    }
    try (Node node = startReady(options)) {
      RangeResponse all = all(node);
      assertEquals(99, all.getCount());
      assertEquals(102, all.getHeader().getRevision());
      assertEquals(103, put(node, "k5", "again"));
    }
  }

  @EveryEngine
  void aDirectoryInUseIsRefused(String engine) throws Exception {
    try (Node node = startReady(options(directory(), engine))) {
      StartException refused =
          assertThrows(StartException.class, () -> Node.start(options(directory(), engine)));
      assertTrue(refused.toString().contains("in use"), refused.toString());
      put(node, "still", "there");
    }
  }

  @Test
  void closingTwiceAndTogetherIsOneClose() throws Exception {
    Node node = startReady(options(directory(), "memory"));
    CompletableFuture<Void> terminated = node.terminated();
    assertFalse(terminated.isDone());
    try (Together closers = new Together()) {
      for (int i = 0; i < 4; i++) {
        closers.run(
            () -> {
              node.close();
              // Whoever returns finds everything closed: nobody holds the store any more.
              return assertThrows(IllegalStateException.class, node::storageSizes);
            });
      }
      closers.join();
    }
    node.close();
    Nodes.get(terminated);
    Nodes.get(node.terminated());
  }

  @Test
  void afterCloseEveryCallSaysStopped() throws Exception {
    Node node = startReady(options(directory(), "memory"));
    node.close();
    assertStopped(putAsync(node, "a", "x"));
    assertStopped(
        node.store()
            .range(
                RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8("a")).build(), TIMEOUT));
    assertFalse(node.awaitReady(TIMEOUT));
  }

  @Test
  void whoHearsOfTheEndMayCloseTheNode() throws Exception {
    Node node = startReady(options(directory(), "memory"));
    CompletableFuture<Void> closedToo =
        node.terminated().whenComplete((done, failure) -> node.close());
    node.close();
    Nodes.get(closedToo);
  }

  @Test
  void writesDuringACloseAreAnsweredAndThereIfAcknowledged() throws Exception {
    NodeOptions options = options(directory(), "memory");
    Node node = startReady(options);
    List<CompletableFuture<PutResponse>> puts = new ArrayList<>();
    List<String> acknowledged = new ArrayList<>();
    try (Together threads = new Together()) {
      threads.run(
          () -> {
            while (true) {
              CompletableFuture<PutResponse> put = putAsync(node, "k" + puts.size(), "v");
              puts.add(put);
              if (put.isCompletedExceptionally() && node.terminated().isDone()) {
                return 0;
              }
              if (puts.size() % 50 == 0) {
                put.handle((response, failure) -> 0).get();
              }
            }
          });
      Together.await("writes go on", () -> node.store().status().getHeader().getRevision() > 100);
      node.close();
      threads.join();
    }
    for (int i = 0; i < puts.size(); i++) {
      assertTrue(puts.get(i).isDone(), "a put was left open");
      if (!puts.get(i).isCompletedExceptionally()) {
        acknowledged.add("k" + i);
      }
    }
    try (Node again = startReady(options)) {
      assertTrue(keys(again).containsAll(acknowledged), "acknowledged writes are missing");
    }
  }

  @Test
  void aPeerPortInUseIsRefusedBeforeAnythingIsMade() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      StartException refused =
          assertThrows(
              StartException.class,
              () ->
                  Node.start(options(directory(), Nodes.provider("memory"), taken.getLocalPort())));
      assertTrue(refused.toString().contains("listen-peer-urls"), refused.toString());
      assertFalse(Files.exists(directory()));
    }
  }

  @EveryEngine
  void aStoreWithoutItsLogIsRefused(String engine) throws Exception {
    NodeOptions options = options(directory(), engine);
    try (Node node = startReady(options)) {
      put(node, "a", "x");
    }
    Path log = directory().resolve("log");
    Path aside = Files.move(log, temp.resolve("aside"));
    StartException refused = assertThrows(StartException.class, () -> Node.start(options));
    assertTrue(refused.toString().contains("is missing"), refused.toString());
    if (Files.exists(log)) {
      deleteAll(log);
    }
    Files.move(aside, log);
    try (Node node = startReady(options)) {
      assertEquals(List.of("a"), keys(node));
    }
  }

  private static void deleteAll(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @Test
  void aLogThatCannotBeMadeIsRefusedAndEverythingIsLetGo() throws Exception {
    Files.createDirectories(directory());
    NodeOptions options = options(directory(), "memory");
    startReady(options).close();
    Path log = directory().resolve("log");
    deleteAll(log);
    deleteAll(directory().resolve("store"));
    Files.writeString(log, "a file");
    assertThrows(StartException.class, () -> Node.start(options));
    Files.delete(log);
    Files.createDirectory(log);
    try (Node node = startReady(options)) {
      put(node, "a", "x");
    }
  }

  @EveryEngine
  void anEngineFailureEndsTheNodeAndLeavesNobodyWaiting(String engine) throws Exception {
    StorageException full = new StorageException("the disk of this test is full");
    AtomicBoolean isFull = new AtomicBoolean();
    HookedProvider failing =
        new HookedProvider(
            engine,
            commit -> {
              if (isFull.get()) {
                throw full;
              }
            },
            () -> {});
    NodeOptions options = options(directory(), failing, FreePorts.next());
    Node node = startReady(options);
    AtomicReference<Throwable> heard = new AtomicReference<>();
    CompletableFuture<Void> closedByListener =
        node.terminated()
            .whenComplete(
                (done, failure) -> {
                  heard.set(failure);
                  node.close();
                });
    List<CompletableFuture<PutResponse>> puts = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      isFull.set(i >= 4);
      CompletableFuture<PutResponse> put = putAsync(node, "k" + i, "v");
      puts.add(put);
      // One drain for each, until the failing one.
      put.handle((response, failure) -> 0).get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    }
    assertEquals(4, puts.stream().filter(put -> !put.isCompletedExceptionally()).count());
    assertThrows(ExecutionException.class, () -> Nodes.get(closedByListener));
    ExecutionException ended =
        assertThrows(ExecutionException.class, () -> Nodes.get(node.terminated()));
    assertEquals(full, ended.getCause());
    node.close();
    try (Node again = startReady(options(directory(), engine))) {
      assertTrue(keys(again).containsAll(List.of("k0", "k1", "k2", "k3")), keys(again)::toString);
    }
  }

  @EveryEngine
  void anEngineThatFailsWhileTheLogIsReplayedEndsTheNode(String engine) throws Exception {
    NodeOptions options = options(directory(), engine);
    Path copy = temp.resolve("copy");
    try (Node node = startReady(options)) {
      for (int i = 0; i < 20; i++) {
        put(node, "k" + i, "v");
      }
      DataCopies.copy(directory(), copy);
    }
    StorageException full = new StorageException("the disk of this test is full");
    HookedProvider failing =
        new HookedProvider(
            engine,
            commit -> {
              throw full;
            },
            () -> {});
    Node broken = Node.start(options(copy, failing, FreePorts.next()));
    ExecutionException ended =
        assertThrows(ExecutionException.class, () -> Nodes.get(broken.terminated()));
    assertEquals(full, ended.getCause());
    broken.close();
    try (Node again = startReady(options(copy, engine))) {
      assertEquals(20, all(again).getCount());
    }
  }
}
