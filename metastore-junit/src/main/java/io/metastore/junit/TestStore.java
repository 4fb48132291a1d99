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
  private final Divisions divisions;
  private final Metastore client;

  private TestStore(List<TestMember> members) {
    this.members = List.copyOf(members);
    this.divisions = new Divisions(members);
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

  /**
   * Cuts some members off from all others, until {@link #heal()}: what either side sends the other
   * is dropped, and nobody is told. Clients reach all members as before. May be called again to cut
   * further.
   *
   * @throws IllegalArgumentException when one is not a member of this store
   */
  public void partition(TestMember... side) {
    divisions.cut(List.of(side));
  }

  /**
   * Makes a member look as if its process did not run, until {@link #heal()}: other members neither
   * hear it nor are heard by it, and its port takes connections and answers nothing. Unlike that of
   * a stopped process its own time goes on, so that it knows at {@code heal} that it was away; and
   * {@link TestMember#store()}, which has no port, is not held up.
   *
   * @throws IllegalArgumentException when it is not a member of this store
   */
  public void pause(TestMember member) {
    divisions.cut(List.of(member));
    member.silenceClients(true);
  }

  /** Ends what {@link #partition} and {@link #pause} began. */
  public void heal() {
    divisions.heal();
    members.forEach(member -> member.silenceClients(false));
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
