package io.metastore.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchResponse;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cluster with users, set up by etcd's own command and used by it and by jetcd. */
final class AuthIT {
  private static final long DEADLINE_SECONDS = 30;

  @TempDir private Path folder;

  private static ByteSequence bytes(String text) {
    return ByteSequence.from(text, UTF_8);
  }

  @Test
  void etcdctlSetsUsersUpAndClientsLogIn() throws Exception {
    Etcdctl.assumeInstalled();
    try (ServerProcess server = ServerProcess.start(folder, "--bcrypt-cost=4")) {
      Etcdctl etcdctl = Etcdctl.of(server);
      assertEquals("User root created", etcdctl.run("user", "add", "root:secret"));
      assertEquals("User alice created", etcdctl.run("user", "add", "alice:pa"));
      assertEquals("Role app created", etcdctl.run("role", "add", "app"));
      assertEquals(
          "Role app updated",
          etcdctl.run("role", "grant-permission", "app", "readwrite", "--prefix", "app/"));
      assertEquals(
          "Role app is granted to user alice", etcdctl.run("user", "grant-role", "alice", "app"));
      assertEquals(
          "Role root is granted to user root", etcdctl.run("user", "grant-role", "root", "root"));
      assertEquals("Authentication Enabled", etcdctl.run("auth", "enable"));

      assertTrue(etcdctl.run("get", "app/a").contains("etcdserver: user name is empty"));
      assertTrue(
          etcdctl.run("--user=alice:wrong", "get", "app/a").contains("authentication failed"));
      assertEquals("OK", etcdctl.run("--user=alice:pa", "put", "app/a", "1"));
      assertEquals("app/a\n1", etcdctl.run("--user=alice:pa", "get", "--prefix", "app/"));
      assertTrue(etcdctl.run("--user=alice:pa", "put", "other", "1").contains("permission denied"));
      assertEquals(
          "User: alice\nRoles: app", etcdctl.run("--user=alice:pa", "user", "get", "alice"));
      String role = etcdctl.run("--user=root:secret", "role", "get", "app");
      assertTrue(role.contains("[app/, app0) (prefix app/)"), role);
      try (Etcdctl.Session lock =
          etcdctl.start("--user=alice:pa", "lock", "app/lock", "echo", "in")) {
        assertEquals("in", lock.next());
      }
      useFromJetcd(server);
      assertEquals("Authentication Disabled", etcdctl.run("--user=root:secret", "auth", "disable"));
      assertEquals("other\n2", etcdctl.run("get", "other"));
    }
  }

  private static void useFromJetcd(ServerProcess server) throws Exception {
    String endpoint = "http://" + server.endpoint();
    try (Client alice =
            Client.builder()
                .endpoints(endpoint)
                .user(bytes("alice"))
                .password(bytes("pa"))
                .build();
        Client root =
            Client.builder()
                .endpoints(endpoint)
                .user(bytes("root"))
                .password(bytes("secret"))
                .build()) {
      KV kv = alice.getKVClient();
      GetResponse before = kv.get(bytes("app/b")).get(DEADLINE_SECONDS, TimeUnit.SECONDS);
      // jetcd does not wait until its watch is there: one from now on may miss the put below.
      WatchOption next =
          WatchOption.builder().withRevision(before.getHeader().getRevision() + 1).build();
      BlockingQueue<WatchResponse> seen = new LinkedBlockingQueue<>();
      try (Watch.Watcher watcher = alice.getWatchClient().watch(bytes("app/b"), next, seen::add)) {
        kv.put(bytes("app/b"), bytes("2")).get(DEADLINE_SECONDS, TimeUnit.SECONDS);
        WatchResponse response = seen.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
        assertTrue(response != null && response.getEvents().size() == 1, "no event " + watcher);
        ExecutionException denied =
            assertThrows(
                ExecutionException.class,
                () -> kv.put(bytes("other"), bytes("2")).get(DEADLINE_SECONDS, TimeUnit.SECONDS));
        assertTrue(String.valueOf(denied.getMessage()).contains("etcdserver: permission denied"));
      }
      // A new auth revision: the tokens that clients have go on counting.
      root.getAuthClient()
          .userAdd(bytes("bob"), bytes("pb"))
          .get(DEADLINE_SECONDS, TimeUnit.SECONDS);
      root.getKVClient().put(bytes("other"), bytes("2")).get(DEADLINE_SECONDS, TimeUnit.SECONDS);
      alice.getKVClient().get(bytes("app/b")).get(DEADLINE_SECONDS, TimeUnit.SECONDS);
    }
  }
}
