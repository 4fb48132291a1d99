package io.metastore.app.cluster;

import io.metastore.app.ServerProcess;
import io.metastore.testkit.network.FreePorts;
import io.metastore.testkit.network.Link;
import io.metastore.testkit.network.MemberNetwork;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/**
 * Members as processes, each with a folder and ports of its own, whose connections to one another
 * go through a {@link MemberNetwork}. Belongs to the test's thread, but for {@link #client}.
 */
final class ProcessCluster implements AutoCloseable {
  static final long DEADLINE_SECONDS = 60;

  /** Those that a cluster begins with. */
  private static final List<String> FOUNDERS = List.of("n1", "n2", "n3");

  /** Those that can join it. */
  static final List<String> SPARES = List.of("n4", "n5");

  /** The member whose data are on a disk of its own, if there is one. */
  static final String SMALL_DISK = "n3";

  /** Some segments of the log, which are made 4 MB at a time, and a small store. */
  private static final int SMALL_DISK_MB = 96;

  private static final long LOOK_MILLIS = 20;

  private final Path folder;
  private final List<String> flags;
  private final MemberNetwork network;
  private final boolean etcd;
  private final Optional<SmallDisk> disk;
  private final Map<String, Integer> clientPorts = new LinkedHashMap<>();
  private final Map<String, ServerProcess> processes = new LinkedHashMap<>();
  private final Map<String, MemberClient> clients = new LinkedHashMap<>();
  private final Map<String, Link> clientLinks = new LinkedHashMap<>();
  private final Map<String, MemberClient> linkedClients = new LinkedHashMap<>();

  private ProcessCluster(
      Path folder,
      List<String> flags,
      MemberNetwork network,
      Optional<SmallDisk> disk,
      boolean etcd) {
    this.disk = disk;
    this.etcd = etcd;
    this.folder = folder;
    this.flags = flags;
    this.network = network;
  }

  /** Starts members n1 to n3 and waits until each serves. */
  static ProcessCluster start(Path folder, String... flags) throws Exception {
    return start(prepare(folder, false, flags));
  }

  /** The same of etcd, whose members are not connected by links. */
  static ProcessCluster startEtcd(Path folder) throws Exception {
    return start(prepare(folder, true));
  }

  private static ProcessCluster start(ProcessCluster cluster) throws Exception {
    try {
      for (String name : cluster.names()) {
        cluster.launch(name);
      }
      cluster.awaitServing();
      return cluster;
    } catch (Exception | Error e) {
      cluster.close();
      throw e;
    }
  }

  /** The members' addresses and folders, without their processes. */
  private static ProcessCluster prepare(Path folder, boolean etcd, String... flags)
      throws IOException {
    Map<String, Integer> peerPorts = new LinkedHashMap<>();
    for (String name : Stream.concat(FOUNDERS.stream(), SPARES.stream()).toList()) {
      Path own = Files.createDirectories(folder.resolve(name));
      peerPorts.put(name, Integer.valueOf(ServerProcess.peerPort(own)));
    }
    ProcessCluster cluster =
        new ProcessCluster(
            folder,
            List.of(flags),
            MemberNetwork.open(peerPorts),
            etcd
                ? Optional.empty()
                : SmallDisk.mount(folder.resolve(SMALL_DISK).resolve("data"), SMALL_DISK_MB),
            etcd);
    for (String name : peerPorts.keySet()) {
      int port = FreePorts.next();
      cluster.clientPorts.put(name, port);
      cluster.clients.put(name, MemberClient.of(port));
      Link link = Link.open(local(0), local(port));
      cluster.clientLinks.put(name, link);
      cluster.linkedClients.put(name, MemberClient.of(link.address().getPort()));
      Files.writeString(cluster.folder(name).resolve("hosts"), cluster.network.hosts(name));
    }
    return cluster;
  }

  private static InetSocketAddress local(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  /** The members of the beginning, which are there again after each fault. */
  List<String> names() {
    return FOUNDERS;
  }

  /** Those of them whose processes run. */
  List<String> running() {
    return FOUNDERS.stream().filter(name -> process(name).isAlive()).toList();
  }

  private Path folder(String name) {
    return folder.resolve(name);
  }

  /** Where this process finds a member's data. */
  Path data(String name) {
    return disk.isPresent() && name.equals(SMALL_DISK)
        ? disk.get().directory()
        : folder(name).resolve("data");
  }

  /** The disk of {@link #SMALL_DISK}; empty when none can be mounted here. */
  Optional<SmallDisk> disk() {
    return disk;
  }

  MemberNetwork network() {
    return network;
  }

  /** The connection to a member, which may be down. */
  MemberClient client(String name) {
    return Objects.requireNonNull(clients.get(name), name);
  }

  /** The same by a link that can be given faults. */
  MemberClient linkedClient(String name) {
    return Objects.requireNonNull(linkedClients.get(name), name);
  }

  /** The link of {@link #linkedClient}. */
  Link clientLink(String name) {
    return Objects.requireNonNull(clientLinks.get(name), name);
  }

  /** Where others reach a member. */
  String peerUrl(String name) throws IOException {
    // Links are by a JVM's own names of hosts.
    return "http://"
        + (etcd ? "127.0.0.1:" + ServerProcess.peerPort(folder(name)) : network.authority(name));
  }

  ServerProcess process(String name) {
    return Objects.requireNonNull(processes.get(name), name);
  }

  /** Starts a member with the data it has, and does not wait. */
  void launch(String name) throws IOException {
    launch(name, FOUNDERS, Map.of());
  }

  /** The same, with variables in its environment. */
  void launch(String name, Map<String, String> environment) throws IOException {
    launch(name, FOUNDERS, environment);
  }

  /** Starts one that was added, with no data, and does not wait. */
  void join(String name, Collection<String> members) throws IOException {
    launch(name, members, Map.of(), "--initial-cluster-state=existing");
  }

  private void launch(
      String name, Collection<String> members, Map<String, String> environment, String... more)
      throws IOException {
    Path own = folder(name);
    for (String file : List.of("output", "errors")) {
      if (Files.exists(own.resolve(file))) {
        // What earlier ones said is for whoever looks into a failure.
        Files.move(
            own.resolve(file), own.resolve(file + ".before"), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    List<String> all = new ArrayList<>();
    for (String member : members) {
      all.add(member + "=" + peerUrl(member));
    }
    List<String> arguments = new ArrayList<>();
    arguments.add("--name=" + name);
    arguments.add("--initial-advertise-peer-urls=" + peerUrl(name));
    arguments.add("--initial-cluster=" + String.join(",", all));
    arguments.addAll(flags);
    arguments.addAll(List.of(more));
    int clientPort = Objects.requireNonNull(clientPorts.get(name));
    if (etcd) {
      processes.put(
          name, ServerProcess.launchEtcd(own, clientPort, arguments.toArray(String[]::new)));
      return;
    }
    Map<String, String> variables = new HashMap<>(environment);
    variables.put(
        "METASTORE_JAVA_OPTS",
        ServerProcess.JAVA_OPTIONS + " -Djdk.net.hosts.file=" + own.resolve("hosts"));
    processes.put(
        name,
        ServerProcess.launch(
            disk.isPresent() && name.equals(SMALL_DISK) ? disk.get().wrapper() : List.of(),
            own,
            clientPort,
            variables,
            arguments.toArray(String[]::new)));
  }

  /** Sends SIGKILL and waits for the end. */
  void kill(String name) throws InterruptedException {
    process(name).kill();
  }

  /** Sends a signal by its name. */
  void signal(String name, String signal) throws Exception {
    process(name).signal(signal);
  }

  /** Waits until every member answers linearizable reads. */
  void awaitServing() throws Exception {
    for (String name : names()) {
      await(name + " serves", () -> client(name).serves());
    }
  }

  /** The member that leads, waiting for one that a majority of the running ones agrees on. */
  String leader() throws Exception {
    // Asked once: the leader may be lost before a second question.
    AtomicReference<Optional<String>> found = new AtomicReference<>(Optional.empty());
    await(
        "there is a leader",
        () -> {
          found.set(agreedLeader());
          return found.get().isPresent();
        });
    return found.get().orElseThrow();
  }

  private Optional<String> agreedLeader() {
    Map<String, MemberClient.Leadership> known = new LinkedHashMap<>();
    for (String name : names()) {
      client(name).leadership().ifPresent(leadership -> known.put(name, leadership));
    }
    return known.entrySet().stream()
        .filter(
            member ->
                known.values().stream().filter(l -> l.leader() == member.getValue().self()).count()
                    > names().size() / 2)
        .map(Map.Entry::getKey)
        .findFirst();
  }

  /** Makes a member the leader. */
  void moveLeader(String name) throws Exception {
    await(
        name + " leads",
        () -> {
          String leader = leader();
          Optional<MemberClient.Leadership> target = client(name).leadership();
          if (!leader.equals(name) && target.isPresent()) {
            client(leader).moveLeader(target.get().self());
          }
          return leader().equals(name);
        });
  }

  interface Condition {
    boolean holds() throws Exception;
  }

  /** Waits for a condition, and shows the members' logs when it does not come. */
  void await(String what, Condition condition) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
    while (!condition.holds()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not within " + DEADLINE_SECONDS + " s: " + what + "\n" + logs());
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
    }
  }

  /** The ends of what the members have logged, and what they say of themselves. */
  String logs() throws IOException {
    StringBuilder text = new StringBuilder();
    for (Map.Entry<String, ServerProcess> member : processes.entrySet()) {
      List<String> lines = member.getValue().errors().lines().toList();
      text.append(member.getKey());
      text.append(":\n");
      lines
          .subList(Math.max(0, lines.size() - 40), lines.size())
          .forEach(line -> text.append("  ").append(line).append('\n'));
      if (member.getValue().isAlive()) {
        text.append("  now: ").append(client(member.getKey()).status()).append('\n');
      } else {
        // The JVM says there what it ended of.
        String last = member.getValue().output().lines().reduce("", (before, line) -> line);
        text.append("  ended, its last output is: ").append(last).append('\n');
      }
    }
    return text.toString();
  }

  @Override
  public void close() {
    clients.values().forEach(MemberClient::close);
    linkedClients.values().forEach(MemberClient::close);
    clientLinks.values().forEach(Link::close);
    processes.values().forEach(ServerProcess::close);
    disk.ifPresent(SmallDisk::close);
    network.close();
  }
}
