package io.metastore.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.metastore.api.Bytes;
import io.metastore.api.Election;
import io.metastore.api.KeyValue;
import io.metastore.api.Lock;
import io.metastore.api.Metastore;
import io.metastore.api.OpenOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Locks and elections that are shared with etcd's own command. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class EtcdctlTest {
  private static final Path ETCDCTL = Path.of("/usr/bin/etcdctl");
  private static final long SOON_SECONDS = 30;

  private static Metastore store;

  @BeforeAll
  static void open() {
    assumeTrue(Files.isExecutable(ETCDCTL), ETCDCTL + " is not installed");
    store =
        Metastore.open(
            OpenOptions.inMemory()
                .servingClients(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
  }

  @AfterAll
  static void close() {
    if (store != null) {
      store.close();
    }
  }

  private static Process etcdctl(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(ETCDCTL.toString()));
    command.add("--endpoints=" + store.endpoints().getFirst().getAuthority());
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("ETCDCTL_API", "3");
    return builder.start();
  }

  private static String line(Process process) throws IOException {
    BufferedReader reader = process.inputReader(StandardCharsets.UTF_8);
    return String.valueOf(reader.readLine());
  }

  private static void end(Process process) throws InterruptedException {
    process.destroy();
    assertTrue(process.waitFor(SOON_SECONDS, TimeUnit.SECONDS));
  }

  @Test
  void lockIsHandedToAndFroBetweenEtcdctlAndUs() throws Exception {
    Process theirs = etcdctl("lock", "/shared/lock");
    String key = line(theirs);
    assertTrue(key.startsWith("/shared/lock/"), key);
    CompletableFuture<Lock.Held> ours = new CompletableFuture<>();
    Thread.ofVirtual().start(() -> ours.complete(store.lock("/shared/lock").acquire()));
    Bytes waitingFor = Bytes.of(key);
    assertTrue(store.get(waitingFor).isPresent());
    assertTrue(!ours.isDone());
    end(theirs);
    Process next;
    CompletableFuture<String> got = new CompletableFuture<>();
    try (Lock.Held held = ours.get(SOON_SECONDS, TimeUnit.SECONDS)) {
      Process waiting = etcdctl("lock", "/shared/lock");
      next = waiting;
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  got.complete(line(waiting));
                } catch (IOException e) {
                  got.completeExceptionally(e);
                }
              });
      assertTrue(held.isHeld());
      assertTrue(!got.isDone());
    }
    String theirKey = got.get(SOON_SECONDS, TimeUnit.SECONDS);
    assertTrue(theirKey.startsWith("/shared/lock/"), theirKey);
    end(next);
  }

  @Test
  void electionIsSharedWithEtcdctl() throws Exception {
    Process theirs = etcdctl("elect", "/shared/election", "from etcdctl");
    line(theirs);
    assertEquals("from etcdctl", line(theirs));
    Election election = store.election("/shared/election");
    assertEquals("from etcdctl", election.leader().map(KeyValue::valueText).orElseThrow());
    CompletableFuture<Election.Leadership> ours = new CompletableFuture<>();
    Thread.ofVirtual().start(() -> ours.complete(election.campaign("from us")));
    end(theirs);
    try (Election.Leadership leadership = ours.get(SOON_SECONDS, TimeUnit.SECONDS)) {
      Process listening = etcdctl("elect", "--listen", "/shared/election");
      assertEquals(leadership.key().utf8(), line(listening));
      assertEquals("from us", line(listening));
      end(listening);
    }
  }
}
