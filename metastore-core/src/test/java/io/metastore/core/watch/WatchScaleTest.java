package io.metastore.core.watch;

import static io.metastore.core.watch.Client.key;
import static io.metastore.core.watch.Client.range;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many watches: what they cost, and that each is found. */
final class WatchScaleTest {
  private static final int STREAMS = 100;
  private static final int WATCHES_OF_STREAM = 1000;

  @TempDir Path directory;

  private static long usedAfterCollection() {
    Runtime runtime = Runtime.getRuntime();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 4; i++) {
      System.gc();
      least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
    }
    return least;
  }

  @Test
  void anIdleWatchCostsAFewHundredBytes() {
    try (WatchedStore store = new WatchedStore(directory, WatchedStore.options())) {
      store.put("warm", "");
      List<Client> clients = new ArrayList<>();
      for (int i = 0; i < STREAMS; i++) {
        clients.add(store.client());
      }
      long before = usedAfterCollection();
      for (int i = 0; i < STREAMS; i++) {
        Client client = clients.get(i);
        for (int k = 0; k < WATCHES_OF_STREAM; k++) {
          // One in four watches a range.
          String name = "/registry/pods/%03d/%06d".formatted(i, k);
          client.request(k % 4 == 0 ? range(name, name + "~") : key(name));
        }
      }
      for (Client client : clients) {
        for (int k = 0; k < WATCHES_OF_STREAM; k++) {
          assertTrue(client.next().getCreated());
        }
      }
      long all = (long) STREAMS * WATCHES_OF_STREAM;
      Eventually.is(() -> store.figure("watches_synced") == all);
      long each = (usedAfterCollection() - before) / all;
      System.out.println("bytes per idle watch: " + each);
      assertTrue(each < 400, "an idle watch costs " + each + " bytes");
      for (int i = 0; i < STREAMS; i++) {
        store.put("/registry/pods/%03d/%06d".formatted(i, i * 7), "");
        assertEquals(i * 7L, clients.get(i).next().getWatchId());
      }
      clients.forEach(client -> assertEquals(0, client.unread()));
    }
  }

  @Test
  void oneChangeReachesTenThousandWatches() {
    try (WatchedStore store = new WatchedStore(directory, WatchedStore.options())) {
      List<Client> clients = new ArrayList<>();
      for (int i = 0; i < STREAMS; i++) {
        Client client = store.client();
        for (int k = 0; k < 100; k++) {
          client.create(k % 2 == 0 ? range("a", "c") : key("b"));
        }
        clients.add(client);
      }
      long start = System.nanoTime();
      int puts = 50;
      for (int i = 0; i < puts; i++) {
        store.put("b", "v".repeat(256));
      }
      for (Client client : clients) {
        client.events(100 * puts);
      }
      long nanos = System.nanoTime() - start;
      System.out.printf(
          "events per second to 10 000 watches: %,d%n", 10_000L * puts * 1_000_000_000L / nanos);
      clients.forEach(client -> assertEquals(0, client.unread()));
    }
  }
}
