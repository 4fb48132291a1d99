package io.metastore.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchEvent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
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
  private static final long DEADLINE_SECONDS = 30;

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"memory", "rocksdb"})
  void etcdctlWatchesHistoryAndWhatHappens(String engine) throws Exception {
    Etcdctl.assumeInstalled();
    try (ServerProcess server = ServerProcess.start(folder, "--storage=" + engine)) {
      Etcdctl etcdctl = Etcdctl.of(server);
      etcdctl.run("put", "a1", "x");
      etcdctl.run("put", "a2", "y");
      try (Etcdctl.Session watch =
          etcdctl.start("watch", "a", "--prefix", "--rev=2", "--prev-kv")) {
        // Of each event its type, key and value of what was replaced if anything was, and of what
        // is.
        assertEquals("PUT a1 x PUT a2 y", watch.next(6));
        etcdctl.run("put", "b", "not watched");
        etcdctl.run("put", "a1", "z");
        etcdctl.run("del", "--prefix", "a");
        assertEquals("PUT a1 x a1 z DELETE a1 z a1  DELETE a2 y a2 ", watch.next(15));
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
                  // From the beginning: the put below may be there before the watch is.
                  WatchOption.builder().withRevision(1).withPrevKV(true).build(),
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
