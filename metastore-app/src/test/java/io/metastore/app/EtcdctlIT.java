package io.metastore.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What etcdctl can do with keys, watches and leases beyond single commands. What is expected here
 * is what it says with etcd 3.4.23. One server serves all tests, so each keeps to keys of its own.
 */
final class EtcdctlIT {
  private static final long DEADLINE_SECONDS = 30;

  @TempDir private static Path folder;

  @SuppressWarnings("NullAway.Init") // NullAway does not know when JUnit calls start
  private static ServerProcess server;

  @SuppressWarnings("NullAway.Init") // as above
  private static Etcdctl etcdctl;

  @BeforeAll
  static void start() throws Exception {
    Etcdctl.assumeInstalled();
    server = ServerProcess.start(folder);
    etcdctl = Etcdctl.of(server);
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  @Test
  void transactionsAreTyped() throws Exception {
    assertEquals(
        """
        compares:
        success requests (get, put, del):
        failure requests (get, put, del):
        SUCCESS

        OK

        txn/a
        1""",
        etcdctl.feed(
            """
            mod("txn/a") = "0"
            create("txn/a") < "5"

            put txn/a 1
            get txn/a

            get txn/a
            del txn/b

            """,
            "txn",
            "-i"));
    assertEquals(
        """
        SUCCESS

        OK

        txn/a
        1

        1
        txn/a
        1""",
        etcdctl.feed(
            """
            value("txn/a") = "1"
            version("txn/a") > "0"

            put txn/b "two words"
            get txn/a
            del txn/a --prev-kv

            get txn/b

            """,
            "txn"));
    assertEquals(
        "FAILURE\n\ntxn/b\ntwo words",
        etcdctl.feed("value(\"txn/a\") = \"1\"\n\nput txn/b x\n\nget txn/b\n\n", "txn"));
  }

  @Test
  void watchesAreTypedAndAnsweredOnOneStream() throws Exception {
    try (Etcdctl.Session watch = etcdctl.start("watch", "-i")) {
      etcdctl.run("put", "typed/a", "1");
      watch.type("watch typed/a --rev=1");
      assertEquals("PUT typed/a 1", watch.next(3));
      watch.type("watch --rev=1 --prev-kv typed/m typed/o");
      etcdctl.run("put", "typed/m", "2");
      assertEquals("PUT typed/m 2", watch.next(3));
      etcdctl.run("put", "typed/m", "3");
      assertEquals("PUT typed/m 2 typed/m 3", watch.next(5));
      etcdctl.run("put", "typed/o", "behind the end");
      etcdctl.run("del", "typed/m");
      assertEquals("DELETE typed/m 3 typed/m ", watch.next(5));
      watch.type("progress");
      assertTrue(watch.next().matches("progress notify: [0-9]+"));
    }
  }

  @Test
  void watchRunsACommandForEachEvent() throws Exception {
    etcdctl.run("put", "exec/a", "1");
    try (Etcdctl.Session watch =
        etcdctl.start(
            "watch", "exec/", "--prefix", "--rev=1", "--", "sh", "-c", "echo $ETCD_WATCH_KEY!")) {
      assertEquals("PUT exec/a 1 \"exec/a\"!", watch.next(4));
      etcdctl.run("del", "exec/a");
      assertEquals("DELETE exec/a  \"exec/a\"!", watch.next(4));
    }
  }

  private static String grant(int ttl) throws Exception {
    Matcher granted =
        Pattern.compile("lease ([0-9a-f]{16}) granted with TTL\\(" + ttl + "s\\)")
            .matcher(etcdctl.run("lease", "grant", "" + ttl));
    assertTrue(granted.matches(), granted::toString);
    return granted.group(1);
  }

  @Test
  @DisplayName("61: a revoke's deletes reach a watcher in one response, of one revision")
  void leaseIsKeptAliveAndItsRevokeIsOneRevision() throws Exception {
    String lease = grant(4);
    // At once: on a busy machine each command takes long, and the lease is short.
    try (Etcdctl.Session renewing = etcdctl.start("lease", "keep-alive", lease)) {
      assertEquals("lease " + lease + " keepalived with TTL(4)", renewing.next());
      long granted = System.nanoTime();
      for (String key : List.of("leased/c", "leased/a", "leased/b")) {
        assertEquals("OK", etcdctl.run("put", "--lease=" + lease, key, "v"));
      }
      while (System.nanoTime() - granted < 4_100_000_000L) {
        assertEquals("lease " + lease + " keepalived with TTL(4)", renewing.next());
      }
      String left = etcdctl.run("lease", "timetolive", lease, "--keys");
      assertTrue(
          left.matches(
              "lease "
                  + lease
                  + " granted with TTL\\(4s\\), remaining\\([1-4]s\\),"
                  + " attached keys\\(\\[leased/a leased/b leased/c]\\)"),
          left);
      assertTrue(etcdctl.run("lease", "list").contains(lease));
      assertEquals("lease " + lease + " revoked", etcdctl.run("lease", "revoke", lease));
      String last = renewing.next();
      while (last.endsWith("keepalived with TTL(4)")) {
        last = renewing.next();
      }
      assertEquals("lease " + lease + " expired or revoked.", last);
    }
    try (Etcdctl.Session watch =
        etcdctl.start("watch", "leased/", "--prefix", "--rev=1", "-w", "json")) {
      // All of history may come as one response, but for the header each event tells its revision.
      String events = watch.next();
      Matcher deletes =
          Pattern.compile("\"type\":1,\"kv\":\\{\"key\":\"[^\"]*\",\"mod_revision\":([0-9]+)}")
              .matcher(events);
      List<String> revisions = deletes.results().map(delete -> delete.group(1)).toList();
      assertEquals(3, revisions.size(), events);
      assertEquals(1, revisions.stream().distinct().count(), events);
    }
  }

  private static void awaitKeys(String prefix, int count) throws Exception {
    long deadline = System.nanoTime() + DEADLINE_SECONDS * 1_000_000_000L;
    String found = "";
    while (!found.equals("\"Count\" : " + count)) {
      assertTrue(System.nanoTime() < deadline, () -> "not " + count + " keys below " + prefix);
      found =
          etcdctl
              .run("get", prefix, "--prefix", "--keys-only", "-w", "fields")
              .lines()
              .filter(line -> line.startsWith("\"Count\""))
              .findFirst()
              .orElse("");
    }
  }

  @Test
  void lockPassesOnWhenItsHolderEndsOrIsGone() throws Exception {
    try (Etcdctl.Session first = etcdctl.start("lock", "locked");
        Etcdctl.Session second = startSecond(first)) {
      assertTrue(second.isSilent(), "two hold the lock");
      try (Etcdctl.Session third = etcdctl.start("lock", "locked")) {
        awaitKeys("locked/", 3);
        first.terminate();
        assertTrue(second.next().matches("locked/[0-9a-f]+"));
        assertTrue(third.isSilent(), "two hold the lock");
        // Its lease ends by itself.
        second.kill();
        assertTrue(third.next().matches("locked/[0-9a-f]+"));
        awaitKeys("locked/", 1);
        third.terminate();
      }
    }
    awaitKeys("locked/", 0);
    assertEquals("in", etcdctl.run("lock", "locked", "echo", "in"));
  }

  /** One that waits behind the first. */
  private static Etcdctl.Session startSecond(Etcdctl.Session first) throws Exception {
    assertTrue(first.next().matches("locked/[0-9a-f]+"));
    Etcdctl.Session second = etcdctl.start("lock", "locked", "--ttl=2");
    awaitKeys("locked/", 2);
    return second;
  }

  @Test
  void electionPassesOnAndIsObserved() throws Exception {
    try (Etcdctl.Session first = etcdctl.start("elect", "elected", "one")) {
      String key = first.next();
      assertEquals("one", first.next());
      try (Etcdctl.Session observer = etcdctl.start("elect", "--listen", "elected");
          Etcdctl.Session second = etcdctl.start("elect", "elected", "two")) {
        assertEquals(key + " one", observer.next(2));
        awaitKeys("elected/", 2);
        assertTrue(second.isSilent(), "two are elected");
        first.terminate();
        assertTrue(second.next().matches("elected/[0-9a-f]+"));
        assertEquals("two", second.next());
        assertTrue(observer.next().matches("elected/[0-9a-f]+"));
        assertEquals("two", observer.next());
        second.terminate();
      }
    }
    awaitKeys("elected/", 0);
  }

  @Test
  void prefixIsMirrored() throws Exception {
    etcdctl.run("put", "from/a", "1");
    etcdctl.run("put", "from/b", "2");
    try (Etcdctl.Session mirror =
        etcdctl.start("make-mirror", "--prefix=from/", "--dest-prefix=to/", server.endpoint())) {
      awaitKeys("to/", 2);
      etcdctl.feed("\nput from/c 3\nput from/d 4\ndel from/a\n\n\n", "txn");
      etcdctl.run("put", "from/b", "5");
      etcdctl.run("put", "from/e", "6");
      awaitKeys("to/", 4);
      assertEquals("to/b\n5\nto/c\n3\nto/d\n4\nto/e\n6", etcdctl.run("get", "to/", "--prefix"));
      assertTrue(mirror.isSilent());
    }
  }

  @Test
  @DisplayName("37: a request of more than 1.5 MiB is refused in etcd's words")
  void largeRequestIsRefused() throws Exception {
    assertEquals("OK", etcdctl.feed("x".repeat(1_500_000), "put", "large/a"));
    String refused = etcdctl.feed("x".repeat(1_600_000), "put", "large/b");
    assertTrue(refused.endsWith("Error: etcdserver: request is too large"), refused);
    awaitKeys("large/", 1);
  }

  @Test
  void metricsCountWhatIsAsked() throws Exception {
    List<String> names =
        List.of(
            "etcd_mvcc_put_total",
            "etcd_debugging_mvcc_total_put_size_in_bytes",
            "etcd_mvcc_delete_total",
            "etcd_mvcc_range_total",
            "etcd_mvcc_txn_total",
            "etcd_server_client_requests_total{client_api_version=\"3.4\",type=\"unary\"}");
    Map<String, Double> before = metrics();
    String lease = etcdctl.run("lease", "grant", "1000").split(" ", -1)[1];
    assertEquals("OK", etcdctl.run("put", "metrics/a", "12"));
    assertEquals("OK", etcdctl.run("put", "metrics/b", "3", "--lease=" + lease));
    assertEquals("metrics/a\n12", etcdctl.run("get", "metrics/a"));
    assertEquals("metrics/a\n12\nmetrics/b\n3", etcdctl.run("get", "--prefix", "metrics/"));
    assertEquals("1", etcdctl.run("del", "metrics/a"));
    assertEquals("0", etcdctl.run("del", "metrics/none"));
    String txn =
        etcdctl.feed(
            """
            create("metrics/c") = "0"

            put metrics/c 1
            get metrics/c
            del metrics/none


            """,
            "txn");
    assertTrue(txn.startsWith("SUCCESS"), txn);
    assertTrue(etcdctl.run("lease", "revoke", lease).endsWith("revoked"));
    Map<String, Double> after = metrics();
    // etcd 3.4.23 counts four ranges: the compare is one.
    assertEquals(
        List.of(3, 31, 4, 3, 1, 9),
        names.stream()
            .map(name -> (int) (after.getOrDefault(name, -1.0) - before.getOrDefault(name, 0.0)))
            .toList());
  }

  private static Map<String, Double> metrics() throws Exception {
    URI uri = URI.create("http://" + server.endpoint() + "/metrics");
    try (InputStream body = uri.toURL().openStream()) {
      return new String(body.readAllBytes(), UTF_8)
          .lines()
          .filter(line -> line.startsWith("etcd_"))
          .collect(
              Collectors.toMap(
                  line -> line.substring(0, line.lastIndexOf(' ')),
                  line -> Double.valueOf(line.substring(line.lastIndexOf(' ') + 1))));
    }
  }
}
