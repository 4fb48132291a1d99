package io.metastore.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchEvent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Watches as etcd's own client and jetcd use them, on a whole server. */
final class WatchIT {
  private static final Path ETCDCTL = Path.of("/usr/bin/etcdctl");
  private static final long DEADLINE_SECONDS = 30;

  @TempDir private Path folder;

  private static Process etcdctl(ServerProcess server, Path output, String... arguments)
      throws Exception {
    assumeTrue(
        Files.isExecutable(ETCDCTL), "etcdctl is not installed (Debian: apt install etcd-client)");
    List<String> command = new ArrayList<>();
    command.add(ETCDCTL.toString());
    command.add("--endpoints=" + server.endpoint());
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().put("ETCDCTL_API", "3");
    return builder.start();
  }

  private void run(ServerProcess server, String... arguments) throws Exception {
    Path output = folder.resolve("command");
    Process process = etcdctl(server, output, arguments);
    assertTrue(process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS), "etcdctl does not end");
    assertEquals(0, process.exitValue(), Files.readString(output));
  }

  private static String awaitLines(Path output, int lines) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
    String text = Files.readString(output);
    while (text.lines().count() < lines && System.nanoTime() < deadline) {
      Thread.sleep(20);
      text = Files.readString(output);
    }
    return text;
  }

  @ParameterizedTest
  @ValueSource(strings = {"memory", "rocksdb"})
  void etcdctlWatchesHistoryAndWhatHappens(String engine) throws Exception {
    try (ServerProcess server = ServerProcess.start(folder, "--storage=" + engine)) {
      run(server, "put", "a1", "x");
      run(server, "put", "a2", "y");
      Path output = folder.resolve("watched");
      Process watching = etcdctl(server, output, "watch", "a", "--prefix", "--rev=2", "--prev-kv");
      try {
        awaitLines(output, 6);
        run(server, "put", "b", "not watched");
        run(server, "put", "a1", "z");
        run(server, "del", "--prefix", "a");
        // Of each event its type, key and value of what was replaced if anything was, and of what
        // is.
        assertEquals(
            "PUT a1 x PUT a2 y PUT a1 x a1 z DELETE a1 z a1  DELETE a2 y a2 ",
            String.join(" ", awaitLines(output, 21).lines().toList()));
      } finally {
        watching.destroyForcibly();
      }
    }
  }

  @Test
  void jetcdGoesOnBehindARestart() throws Exception {
    ByteSequence key = ByteSequence.from("a", StandardCharsets.UTF_8);
    BlockingQueue<WatchEvent> events = new LinkedBlockingQueue<>();
    int port;
    try (ServerProcess server = ServerProcess.start(folder)) {
      port = Integer.parseInt(server.endpoint().substring("127.0.0.1:".length()));
      Client client = Client.builder().endpoints("http://" + server.endpoint()).build();
      try (Watch.Watcher watcher =
          client
              .getWatchClient()
              .watch(
                  key,
                  WatchOption.builder().withPrevKV(true).build(),
                  response -> events.addAll(response.getEvents()))) {
        put(client, key, "1");
        assertEquals("1", next(events).getKeyValue().getValue().toString());
        server.terminate();
        assertEquals(0, server.exitCode());
        try (ServerProcess again = ServerProcess.launch(folder, port, Map.of())) {
          put(client, key, "2");
          WatchEvent event = next(events);
          assertEquals("2", event.getKeyValue().getValue().toString());
          assertEquals("1", event.getPrevKV().getValue().toString());
          assertTrue(events.isEmpty());
          assertFalse(watcher.isClosed());
          again.terminate();
        }
      } finally {
        client.close();
      }
    }
  }

  private static void put(Client client, ByteSequence key, String value) throws Exception {
    client
        .getKVClient()
        .put(key, ByteSequence.from(value, StandardCharsets.UTF_8))
        .get(DEADLINE_SECONDS, TimeUnit.SECONDS);
  }

  private static WatchEvent next(BlockingQueue<WatchEvent> events) throws Exception {
    WatchEvent event = events.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
    assertTrue(event != null, "no event came");
    return event;
  }
}
