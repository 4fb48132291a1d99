package io.metastore.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.api.Keys;
import io.metastore.api.Metastore;
import io.metastore.api.OpenOptions;
import io.metastore.api.OpenOptions.Member;
import io.metastore.api.Range;
import io.metastore.api.UnavailableException;
import io.metastore.api.UnknownOutcomeException;
import io.metastore.api.Watch;
import io.metastore.testkit.network.FreePorts;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three members in one JVM, and what a client sees when they come and go. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ClusterTest {
  @TempDir private Path directory;
  private final Map<String, URI> peers = new TreeMap<>();
  private final Map<String, Integer> clientPorts = new HashMap<>();
  private final Map<String, Metastore> members = new HashMap<>();

  @BeforeEach
  void start() throws Exception {
    for (String name : new String[] {"m1", "m2", "m3"}) {
      peers.put(name, URI.create("http://127.0.0.1:" + FreePorts.next()));
      clientPorts.put(name, FreePorts.next());
    }
    peers.keySet().forEach(this::open);
  }

  @AfterEach
  void stop() {
    members.values().forEach(Metastore::close);
  }

  private void open(String name) {
    members.put(
        name,
        Metastore.open(
            OpenOptions.at(directory.resolve(name))
                .withStorage("memory")
                .asMember(Member.of(name, peers, "test"))
                .servingClients(
                    new InetSocketAddress(
                        InetAddress.getLoopbackAddress(), clientPorts.getOrDefault(name, 0)))));
  }

  private Metastore member(String name) {
    return Objects.requireNonNull(members.get(name), name);
  }

  private Metastore connect() {
    return Metastore.connect(
        members.values().stream()
            .flatMap(member -> member.endpoints().stream())
            .map(URI::toString)
            .toArray(String[]::new));
  }

  /** Puts until it is acknowledged; putting the same twice does no harm here. */
  private static void putSurely(Metastore store, String key, String value) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (true) {
      try {
        store.put(key, value);
        return;
      } catch (UnavailableException | UnknownOutcomeException e) {
        assertTrue(System.nanoTime() < deadline, e.getMessage());
      }
    }
  }

  @Test
  void membersAgreeAndClientSurvivesTheirLoss() {
    putSurely(member("m1"), "/a", "1");
    assertEquals("1", member("m2").get("/a").orElseThrow().valueText());
    assertEquals("1", member("m3").get("/a").orElseThrow().valueText());
    try (Metastore client = connect();
        Watch watch = client.watch(Keys.prefix("/w/"))) {
      putSurely(client, "/w/0", "");
      assertEquals("/w/0", watch.next().key().utf8());
      member("m2").close();
      putSurely(client, "/w/1", "");
      assertEquals(2, client.range(Range.of(Keys.prefix("/w/"))).count());
      open("m2");
      putSurely(member("m2"), "/w/2", "");
      for (int i = 1; i <= 2; i++) {
        String key = watch.next().key().utf8();
        // A put that was tried again is seen twice.
        while (key.equals("/w/" + (i - 1))) {
          key = watch.next().key().utf8();
        }
        assertEquals("/w/" + i, key);
      }
    }
  }
}
