package io.metastore.junit;

import io.metastore.api.Metastore;
import io.metastore.api.OpenOptions;
import io.metastore.testkit.network.FreePorts;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * A store for tests: one member or a cluster of several, in this JVM, each with a port for any etcd
 * client. Not thread-safe, except {@link #client()} and what it returns.
 */
public final class TestStore implements AutoCloseable {

  /** Shorter than in production: a test that loses a leader should not wait. */
  private static final Duration HEARTBEAT = Duration.ofMillis(50);

  private static final Duration ELECTION = Duration.ofMillis(500);

  private final List<TestMember> members;
  private final Divisions divisions;
  private final Metastore client;

  private TestStore(List<TestMember> members, Metastore client) {
    this.members = List.copyOf(members);
    this.divisions = new Divisions(members);
    this.client = client;
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
      peers.put("member" + i, URI.create("http://127.0.0.1:" + FreePorts.next()));
    }
    List<TestMember> opened = new ArrayList<>();
    try {
      for (String name : peers.keySet()) {
        opened.add(TestMember.open(options(name, peers, storage), temporaryFiles()));
      }
    } catch (RuntimeException | Error e) {
      Endings.after(e, closes(opened));
      throw e;
    }
    return of(opened, TestStore::connect);
  }

  /** A store of members that run, which it closes, also when it cannot be made. */
  static TestStore of(List<TestMember> members, Function<List<TestMember>, Metastore> connect) {
    List<Runnable> ends = new ArrayList<>(List.of(closes(members)));
    try {
      Metastore client = connect.apply(members);
      ends.addFirst(client::close);
      TestStore store = new TestStore(members, client);
      // Returns when there is a leader.
      client.status();
      client.get("/");
      return store;
    } catch (RuntimeException | Error e) {
      Endings.after(e, ends.toArray(Runnable[]::new));
      throw e;
    }
  }

  private static Metastore connect(List<TestMember> members) {
    return Metastore.connect(members.stream().map(TestMember::endpoint).toArray(String[]::new));
  }

  private static Runnable[] closes(List<TestMember> members) {
    return members.stream().<Runnable>map(member -> member::close).toArray(Runnable[]::new);
  }

  static OpenOptions options(String name, Map<String, URI> peers, String storage) {
    OpenOptions.Member defaults = OpenOptions.Member.of(name, peers, "test");
    return OpenOptions.inMemory()
        .withStorage(storage)
        .asMember(
            new OpenOptions.Member(
                name,
                defaults.peerUrl(),
                // With port 0 it listens for nobody.
                peers.size() == 1 ? loopback(0) : defaults.peerListen(),
                defaults.initialCluster(),
                defaults.clusterToken(),
                HEARTBEAT,
                ELECTION))
        .servingClients(loopback(FreePorts.next()));
  }

  private static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  private static Path temporaryFiles() {
    return Path.of(System.getProperty("java.io.tmpdir", "/tmp"));
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
   * Cuts some members off from all others, until {@link #heal}: what either side sends the other is
   * dropped, and nobody is told. Clients reach all members as before. May be called again to cut
   * further.
   *
   * @throws IllegalArgumentException when one is not a member of this store
   */
  public void partition(TestMember... side) {
    divisions.cut(List.of(side));
  }

  /** Ends what {@link #partition} began. Members that are paused stay so. */
  public void heal() {
    divisions.heal();
  }

  /**
   * Pauses a member, until it is resumed: what others see of a process that is stopped by SIGSTOP.
   * Other members neither hear it nor are heard by it, its port takes connections and answers
   * nothing, and calls of {@link TestMember#store()} wait. Nothing that was sent or called is lost:
   * it is answered after the pause. A member that stops and starts again meanwhile is still paused.
   *
   * <p>Inside the member time goes on, as all members are in one JVM. A leader that is paused may
   * therefore know that it leads no more when it is resumed, where a process would learn it then.
   *
   * @throws IllegalArgumentException when it is not a member of this store
   */
  public void pause(TestMember member) {
    divisions.pause(member);
    member.pause();
  }

  /**
   * Resumes a member; nothing when it is not paused. What it was cut off from before stays so.
   *
   * @throws IllegalArgumentException when it is not a member of this store
   */
  public void resume(TestMember member) {
    divisions.resume(member);
    member.resume();
  }

  /** Closes the client and every member, whatever one of them throws. */
  @Override
  public void close() {
    Endings.inTurn(client::close, () -> Endings.together(List.of(closes(members))));
  }
}
