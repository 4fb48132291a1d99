package io.metastore.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A whole server as its users see it: started as a process, used by etcd's own client. */
final class NodeIT {
  /** Longer than the time after which a leader is missed. */
  private static final Duration PAUSE = Duration.ofSeconds(3);

  /** The log's own watch for pauses looks more often. */
  private static final Duration NOTICED_WITHIN = Duration.ofSeconds(2);

  private static final Duration LOOK_AGAIN = Duration.ofMillis(50);

  @TempDir private Path folder;

  @BeforeEach
  void etcdctlIsInstalled() {
    Etcdctl.assumeInstalled();
  }

  private static String etcdctl(ServerProcess server, String... arguments)
      throws IOException, InterruptedException {
    return Etcdctl.of(server).run(arguments);
  }

  @ParameterizedTest
  @ValueSource(strings = {"memory", "rocksdb"})
  void etcdctlPutsReadsSortsAndDeletes(String engine) throws Exception {
    try (ServerProcess server = ServerProcess.start(folder, "--storage=" + engine)) {
      assertEquals("OK", etcdctl(server, "put", "b", "1"));
      assertEquals("OK", etcdctl(server, "put", "a", "2"));
      assertEquals("a\n2", etcdctl(server, "get", "a"));
      assertEquals(
          "a\n2\nb\n1",
          etcdctl(server, "get", "--prefix", "", "--sort-by=MODIFY", "--order=DESCEND"));
      assertTrue(etcdctl(server, "endpoint", "status").contains(", " + Versions.ETCD_SERVER + ","));
      assertTrue(etcdctl(server, "endpoint", "health").contains("is healthy"));
      assertEquals("2", etcdctl(server, "del", "--from-key", ""));
      assertEquals("", etcdctl(server, "get", "--prefix", ""));
    }
  }

  /** The id in {@code lease 0123456789abcdef granted …}. */
  private static String hexId(String granted) {
    return granted.substring("lease ".length(), "lease ".length() + 16);
  }

  @ParameterizedTest
  @ValueSource(strings = {"memory", "rocksdb"})
  void etcdctlGrantsRenewsListsAndRevokesLeases(String engine) throws Exception {
    try (ServerProcess server = ServerProcess.start(folder, "--storage=" + engine)) {
      String granted = etcdctl(server, "lease", "grant", "3");
      assertTrue(granted.matches("lease [0-9a-f]{16} granted with TTL\\(3s\\)"), granted);
      String id = hexId(granted);
      assertEquals("OK", etcdctl(server, "put", "--lease=" + id, "a", "1"));
      assertEquals(
          "lease " + id + " keepalived with TTL(3)",
          etcdctl(server, "lease", "keep-alive", "--once", id));
      String left = etcdctl(server, "lease", "timetolive", "--keys", id);
      assertTrue(
          left.matches(
              "lease "
                  + id
                  + " granted with TTL\\(3s\\), remaining\\([23]s\\),"
                  + " attached keys\\(\\[a\\]\\)"),
          left);
      String second = hexId(etcdctl(server, "lease", "grant", "1000"));
      assertEquals("found 2 leases\n" + id + "\n" + second, etcdctl(server, "lease", "list"));
      assertEquals("OK", etcdctl(server, "put", "--lease=" + second, "b", "1"));
      assertEquals("lease " + second + " revoked", etcdctl(server, "lease", "revoke", second));
      assertEquals("", etcdctl(server, "get", "b"));
      assertTrue(etcdctl(server, "lease", "revoke", second).contains("requested lease not found"));
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
      while (!etcdctl(server, "get", "a").isEmpty()) {
        assertTrue(System.nanoTime() < deadline, "the lease does not expire");
        Thread.sleep(LOOK_AGAIN.toMillis());
      }
      assertEquals("lease " + id + " already expired", etcdctl(server, "lease", "timetolive", id));
      assertTrue(
          etcdctl(server, "lease", "keep-alive", "--once", id)
              .contains("requested lease not found"));
    }
  }

  /**
   * As in etcd, which does not know of its pauses: nothing can have happened without its leader.
   */
  @Test
  void onlyMemberStillLeadsAfterAPause() throws Exception {
    try (ServerProcess server = ServerProcess.start(folder);
        TestClient client = TestClient.of(server)) {
      client.put("a", "b");
      String term = term(server);
      server.signal("STOP");
      Thread.sleep(PAUSE.toMillis());
      server.signal("CONT");
      long until = System.nanoTime() + NOTICED_WITHIN.toNanos();
      while (System.nanoTime() - until < 0) {
        assertEquals(Optional.of("b"), client.value("a"));
        Thread.sleep(LOOK_AGAIN.toMillis());
      }
      assertEquals(term, term(server));
    }
  }

  private static String term(ServerProcess server) throws IOException, InterruptedException {
    String status = etcdctl(server, "endpoint", "status", "--write-out=fields");
    return status.lines().filter(line -> line.startsWith("\"RaftTerm\"")).findFirst().orElseThrow();
  }

  @Test
  void twoSignalsEndItCleanlyWithinFiveSeconds() throws Exception {
    try (ServerProcess server = ServerProcess.start(folder)) {
      assertEquals("OK", etcdctl(server, "put", "a", "b"));
      long from = System.nanoTime();
      server.terminate();
      server.terminate();
      assertEquals(0, server.exitCode());
      assertTrue(System.nanoTime() - from < TimeUnit.SECONDS.toNanos(5));
      assertTrue(server.errors().lines().noneMatch(line -> line.contains("WARN")), server.errors());
    }
    try (ServerProcess server = ServerProcess.start(folder)) {
      assertEquals("a\nb", etcdctl(server, "get", "a"));
    }
  }
}
