package io.metastore.raft;

import static io.metastore.raft.Nodes.TIMEOUT;
import static io.metastore.raft.Nodes.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.metastore.core.message.LeaseGrantRequest;
import io.metastore.core.message.LeaseKeepAliveRequest;
import io.metastore.core.message.LeaseLeasesRequest;
import io.metastore.core.message.LeaseRevokeRequest;
import io.metastore.core.message.LeaseTimeToLiveRequest;
import io.metastore.core.message.LeaseTimeToLiveResponse;
import io.metastore.core.message.PutRequest;
import io.metastore.core.message.RangeRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Leases on a whole node, by its real clock: a few seconds for each test. */
final class LeaseNodeTest {
  private static final ByteString KEY = ByteString.copyFromUtf8("k");

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"memory", "rocksdb"})
  @DisplayName("57, 63: a lease gets the shortest TTL, lives for it from each renewal, and ends")
  void leaseIsKeptAliveAndExpires(String engine) throws Exception {
    try (Node node = Node.start(Nodes.options(directory.resolve("data"), engine))) {
      assertTrue(node.awaitReady(TIMEOUT));
      long granted = System.nanoTime();
      assertEquals(2, grant(node, 5, 1), "one and a half election timeouts at least");
      put(node, 5);
      long renewed = granted;
      while (renewed - granted < TimeUnit.SECONDS.toNanos(3)) {
        renewed = System.nanoTime();
        assertEquals(2, keepAlive(node, 5));
        assertEquals(1, keys(node));
        Thread.sleep(20);
      }
      awaitNoKeys(node);
      long lived = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - renewed);
      assertTrue(lived >= 1900, "lived only " + lived + " ms");
      assertEquals(0, keepAlive(node, 5));
      assertEquals(-1, timeToLive(node, 5).getTTL());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"memory", "rocksdb"})
  @DisplayName("62: a lease survives a restart with its keys, and ends")
  void leaseSurvivesARestartAndExpires(String engine) throws Exception {
    NodeOptions options = Nodes.options(directory.resolve("data"), engine);
    try (Node node = Node.start(options)) {
      assertTrue(node.awaitReady(TIMEOUT));
      grant(node, -7, 3);
      grant(node, 8, 1000);
      put(node, -7);
    }
    try (Node node = Node.start(options)) {
      assertTrue(node.awaitReady(TIMEOUT));
      assertEquals(
          List.of(-7L, 8L),
          get(node.store().leaseLeases(LeaseLeasesRequest.getDefaultInstance(), TIMEOUT))
              .getLeasesList()
              .stream()
              .map(lease -> lease.getID())
              .toList());
      LeaseTimeToLiveResponse left = timeToLive(node, -7);
      assertEquals(List.of(KEY), left.getKeysList());
      assertEquals(3, left.getGrantedTTL());
      assertEquals(1, keys(node));
      awaitNoKeys(node);
      assertTrue(timeToLive(node, 8).getTTL() > 900);
      get(node.store().leaseRevoke(LeaseRevokeRequest.newBuilder().setID(8).build(), TIMEOUT));
      assertEquals(-1, timeToLive(node, 8).getTTL());
    }
  }

  @Test
  @DisplayName("60: what a follower says of a lease is as new as what the leader says")
  void aFollowerKnowsWhatWasDoneThroughAnotherMember() throws Exception {
    // A follower hears of a commit with the next heartbeat, long after the answer.
    try (TestCluster cluster =
        TestCluster.startWithRareHeartbeats(directory, "memory", 3, Duration.ofMillis(150))) {
      Node leader = cluster.node(cluster.leader());
      Node follower = cluster.node(cluster.follower());
      for (long id = 1; id <= 2; id++) {
        assertEquals(100, grant(leader, id, 100));
        LeaseTimeToLiveResponse granted = timeToLive(follower, id);
        assertEquals(100, granted.getGrantedTTL());
        long revision = put(leader, id);
        LeaseTimeToLiveResponse attached = timeToLive(follower, id);
        assertEquals(List.of(KEY), attached.getKeysList());
        assertEquals(revision, attached.getHeader().getRevision());
        assertEquals(revision + 1, put(leader, id));
        assertEquals(
            revision + 1,
            get(follower.store().leaseLeases(LeaseLeasesRequest.getDefaultInstance(), TIMEOUT))
                .getHeader()
                .getRevision());
      }
    }
  }

  private static void awaitNoKeys(Node node) throws Exception {
    long deadline = System.nanoTime() + TIMEOUT.toNanos();
    while (keys(node) > 0) {
      assertTrue(System.nanoTime() < deadline, "the lease does not expire");
      Thread.sleep(20);
    }
  }

  private static long grant(Node node, long id, long ttl) throws Exception {
    return get(node.store()
            .leaseGrant(LeaseGrantRequest.newBuilder().setID(id).setTTL(ttl).build(), TIMEOUT))
        .getTTL();
  }

  private static long keepAlive(Node node, long id) throws Exception {
    return get(node.store()
            .leaseKeepAlive(LeaseKeepAliveRequest.newBuilder().setID(id).build(), TIMEOUT))
        .getTTL();
  }

  private static LeaseTimeToLiveResponse timeToLive(Node node, long id) throws Exception {
    return get(
        node.store()
            .leaseTimeToLive(
                LeaseTimeToLiveRequest.newBuilder().setID(id).setKeys(true).build(), TIMEOUT));
  }

  private static long put(Node node, long lease) throws Exception {
    return get(node.store()
            .put(PutRequest.newBuilder().setKey(KEY).setLease(lease).build(), TIMEOUT))
        .getHeader()
        .getRevision();
  }

  private static long keys(Node node) throws Exception {
    return get(node.store().range(RangeRequest.newBuilder().setKey(KEY).build(), TIMEOUT))
        .getCount();
  }
}
