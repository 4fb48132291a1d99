package io.metastore.app.cluster;

import io.metastore.app.ServerProcess;
import io.metastore.app.TestServer;
import io.metastore.testkit.network.MemberNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Members as processes, each with a folder and ports of its own, whose connections to one another
 * go through a {@link MemberNetwork}. Belongs to the test's thread, but for {@link #client}.
 */
final class ProcessCluster implements AutoCloseable {
  static final long DEADLINE_SECONDS = 60;

  /** The member whose data are on a disk of its own, if there is one. */
  static final String SMALL_DISK = "n3";

  /** Some segments of the log, which are made 4 MB at a time, and a small store. */
  private static final int SMALL_DISK_MB = 96;

  private static final long LOOK_MILLIS = 20;

  private final Path folder;
  private final List<String> flags;
  private final MemberNetwork network;
  private final Optional<SmallDisk> disk;
  private final Map<String, Integer> clientPorts = new LinkedHashMap<>();
  private final Map<String, ServerProcess> processes = new LinkedHashMap<>();
  private final Map<String, MemberClient> clients = new LinkedHashMap<>();

  private ProcessCluster(
      Path folder, List<String> flags, MemberNetwork network, Optional<SmallDisk> disk) {
    this.disk = disk;
    this.folder = folder;
    this.flags = flags;
    this.network = network;
  }

  /** Starts members n1 to n3 and waits until each serves. */
  static ProcessCluster start(Path folder, String... flags) throws Exception {
    ProcessCluster cluster = prepare(folder, flags);
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
  static ProcessCluster prepare(Path folder, String... flags) throws IOException {
    Map<String, Integer> peerPorts = new LinkedHashMap<>();
    for (String name : List.of("n1", "n2", "n3")) {
      Path own = Files.createDirectories(folder.resolve(name));
      peerPorts.put(name, Integer.valueOf(ServerProcess.peerPort(own)));
    }
    ProcessCluster cluster =
        new ProcessCluster(
            folder,
            List.of(flags),
            MemberNetwork.open(peerPorts),
            SmallDisk.mount(folder.resolve(SMALL_DISK).resolve("data"), SMALL_DISK_MB));
    for (String name : peerPorts.keySet()) {
      int port = TestServer.freePort();
      cluster.clientPorts.put(name, port);
      cluster.clients.put(name, MemberClient.of(port));
      Files.writeString(cluster.folder(name).resolve("hosts"), cluster.network.hosts(name));
    }
    return cluster;
  }

  List<String> names() {
    return new ArrayList<>(clientPorts.keySet());
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

  ServerProcess process(String name) {
    return Objects.requireNonNull(processes.get(name), name);
  }

  /** Starts a member with the data it has, and does not wait. */
  void launch(String name) throws IOException {
    Path own = folder(name);
    for (String file : List.of("output", "errors")) {
      if (Files.exists(own.resolve(file))) {
        // What earlier ones said is for whoever looks into a failure.
        Files.move(
            own.resolve(file), own.resolve(file + ".before"), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    List<String> all = new ArrayList<>();
    for (String member : names()) {
      all.add(member + "=http://" + network.authority(member));
    }
    List<String> arguments = new ArrayList<>();
    arguments.add("--name=" + name);
    arguments.add("--initial-advertise-peer-urls=http://" + network.authority(name));
    arguments.add("--initial-cluster=" + String.join(",", all));
    arguments.addAll(flags);
    processes.put(
        name,
        ServerProcess.launch(
            disk.isPresent() && name.equals(SMALL_DISK) ? disk.get().wrapper() : List.of(),
            own,
            Objects.requireNonNull(clientPorts.get(name)),
            Map.of(
                "METASTORE_JAVA_OPTS",
                // These processes do not live long enough for the second compiler to pay.
                "-XX:TieredStopAtLevel=1 -Djdk.net.hosts.file=" + own.resolve("hosts")),
            arguments.toArray(String[]::new)));
  }

  /** Sends SIGKILL and waits for the end. */
  void kill(String name) throws InterruptedException {
    process(name).kill();
  }

  /** Sends a signal by its name. */
  void signal(String name, String signal) throws Exception {
    Process kill =
        new ProcessBuilder("kill", "-" + signal, String.valueOf(process(name).pid()))
            .inheritIO()
            .start();
    if (kill.waitFor() != 0) {
      throw new IllegalStateException(signal + " not sent to " + name);
    }
  }

  /** Waits until every member answers linearizable reads. */
  void awaitServing() throws Exception {
    for (String name : names()) {
      await(name + " serves", () -> client(name).serves());
    }
  }

  /** The member that leads, waiting for one that a majority of the running ones agrees on. */
  String leader() throws Exception {
    await("there is a leader", () -> agreedLeader().isPresent());
    return agreedLeader().orElseThrow();
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
          if (!leader.equals(name)) {
            client(leader).moveLeader(client(name).leadership().orElseThrow().self());
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

  /** The ends of what the members have logged. */
  String logs() throws IOException {
    StringBuilder text = new StringBuilder();
    for (Map.Entry<String, ServerProcess> member : processes.entrySet()) {
      List<String> lines = member.getValue().errors().lines().toList();
      text.append(member.getKey());
      text.append(member.getValue().isAlive() ? ":\n" : " (ended):\n");
      lines
          .subList(Math.max(0, lines.size() - 40), lines.size())
          .forEach(line -> text.append("  ").append(line).append('\n'));
    }
    return text.toString();
  }

  @Override
  public void close() {
    clients.values().forEach(MemberClient::close);
    processes.values().forEach(ServerProcess::close);
    disk.ifPresent(SmallDisk::close);
    network.close();
  }
}
