package io.metastore.raft;

import static io.metastore.raft.Nodes.TIMEOUT;
import static io.metastore.raft.Nodes.get;
import static io.metastore.raft.Nodes.put;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.api.storage.StorageException;
import io.metastore.core.message.MemberAddRequest;
import io.metastore.core.message.MemberRemoveRequest;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Comparator;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A member whose data files have gone bad: what it says, and how it is made whole. */
class DamagedStoreTest {
  private static final int KEYS = 20;

  @TempDir private Path temp;

  private static String value(int n) {
    byte[] bytes = new byte[15_000];
    new Random(n).nextBytes(bytes);
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static Path dataFile(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files
          .filter(file -> file.toString().endsWith(".sst"))
          .max(Comparator.comparingLong(file -> file.toFile().length()))
          .orElseThrow();
    }
  }

  /**
   * Changes a byte in every kilobyte, but in the end of the file, where it would be seen at once.
   */
  private static void damage(Path file) throws IOException {
    try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "rw")) {
      assertTrue(content.length() > 100_000, () -> file + " is too small to be the data");
      for (long at = 1000; at < content.length() - 20_000; at += 1000) {
        content.seek(at);
        int old = content.read();
        content.seek(at);
        content.write(old ^ 1);
      }
    }
  }

  @Test
  void damagedMemberStopsNamingItsFileAndIsRebuiltFromItsPeers() throws Exception {
    try (TestCluster cluster = TestCluster.start(temp, "rocksdb", 3)) {
      Node through = cluster.node(cluster.leader());
      for (int n = 0; n < KEYS; n++) {
        put(through, "key-" + n, value(n));
      }
      cluster.awaitPublished();
      String name = cluster.follower();
      long id = cluster.node(name).consensus().memberId();
      cluster.stop(name);
      Path file = dataFile(cluster.data(name));
      damage(file);

      Node damaged = cluster.start(name);
      // Applying this needs the record that it replaces.
      put(cluster.node(cluster.leader()), "key-7", "new");
      ExecutionException end =
          assertThrows(
              ExecutionException.class,
              () -> damaged.terminated().get(TIMEOUT.toSeconds(), TimeUnit.SECONDS));
      String said =
          String.valueOf(
              assertInstanceOf(StorageException.class, end.getCause(), end::toString).getMessage());
      assertTrue(said.contains(file.getFileName().toString()), said);
      assertTrue(said.contains("replace this member"), said);
      cluster.stop(name);

      Node leader = cluster.node(cluster.leader());
      get(
          leader
              .cluster()
              .memberRemove(MemberRemoveRequest.newBuilder().setID(id).build(), TIMEOUT));
      cluster.forget(name);
      MemberAddRequest again =
          MemberAddRequest.newBuilder().addPeerURLs(cluster.reserve("n4").toString()).build();
      get(leader.cluster().memberAdd(again, TIMEOUT));
      assertTrue(cluster.join("n4").awaitReady(TIMEOUT));
      ClusterTest.assertEqualHashes(cluster);
      put(cluster.node("n4"), "key-8", "new");
    }
  }
}
