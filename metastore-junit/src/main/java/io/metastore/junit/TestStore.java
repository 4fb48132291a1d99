package io.metastore.junit;

import io.metastore.api.Metastore;
import io.metastore.api.OpenOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A store for tests: one member or a cluster of several, in this JVM, each with a port for any etcd
 * client. Not thread-safe, except {@link #client()} and what it returns.
 */
public final class TestStore implements AutoCloseable {
  private static final int PORT_MIN = 10_000;
  private static final int PORT_MAX = 32_000;

  /** Shorter than in production: a test that loses a leader should not wait. */
  private static final Duration HEARTBEAT = Duration.ofMillis(50);

  private static final Duration ELECTION = Duration.ofMillis(500);

  private final List<TestMember> members;
  private final Metastore client;

  private TestStore(List<TestMember> members) {
    this.members = List.copyOf(members);
    this.client = Metastore.connect(endpoints().toArray(String[]::new));
  }

  /**
   * Opens a store, to be closed by the caller; {@link MetastoreTest} does both.
   *
   * @param members how many
   * @param storage name of the storage engine
   */
  public static TestStore open(int members, String storage) {
    Map<String, URI> peers = new TreeMap<>();
    for (int i = 1; i <= members; i++) {
      peers.put("member" + i, URI.create("http://127.0.0.1:" + freePort()));
    }
    List<TestMember> opened = new ArrayList<>();
    try {
      for (String name : peers.keySet()) {
        OpenOptions.Member defaults = OpenOptions.Member.of(name, peers, "test");
        OpenOptions options =
            OpenOptions.inMemory()
                .withStorage(storage)
                .asMember(
                    new OpenOptions.Member(
                        name,
                        defaults.peerUrl(),
                        defaults.peerListen(),
                        defaults.initialCluster(),
                        defaults.clusterToken(),
                        HEARTBEAT,
                        ELECTION))
                .servingClients(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), freePort()));
        opened.add(TestMember.open(options));
      }
      TestStore store = new TestStore(opened);
      // Returns when there is a leader.
      store.client.status();
      store.client.get("/");
      return store;
    } catch (RuntimeException e) {
      opened.forEach(TestMember::close);
      throw e;
    }
  }

  /** Connected to all members; of this API, and in use until the store closes. */
  public Metastore client() {
    return client;
  }

  /** Where the first member answers, as {@code http://host:port}. */
  public String endpoint() {
    return endpoints().getFirst();
  }

  /** Where each member answers, as {@code http://host:port}. */
  public List<String> endpoints() {
    return members.stream().map(TestMember::endpoint).toList();
  }

  /** The members. */
  public List<TestMember> members() {
    return members;
  }

  /**
   * Makes every lease older than it is: those whose TTL is over by then end within half a second,
   * unless a client renews them before that.
   */
  public void skipLeaseTime(Duration time) {
    members.forEach(member -> member.skipLeaseTime(time));
  }

  @Override
  public void close() {
    client.close();
    try (ExecutorService closing = Executors.newVirtualThreadPerTaskExecutor()) {
      members.forEach(member -> closing.execute(member::close));
    }
  }

  /** A port that nobody uses, below those that the system gives to clients' connections. */
  private static int freePort() {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(PORT_MIN, PORT_MAX);
      try (ServerSocket socket = new ServerSocket()) {
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return port;
      } catch (IOException e) {
        // Somebody has it: the next one, then.
      }
    }
  }
}
