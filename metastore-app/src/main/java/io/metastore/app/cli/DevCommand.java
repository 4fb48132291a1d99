package io.metastore.app.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code metastore dev}: runs a cluster on this machine, each member a process of its own. */
@Command(
    name = "dev",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Runs a cluster on this machine, each member a process of its own, until it is told to"
            + " stop (Ctrl-C).%n")
final class DevCommand implements Callable<Integer> {
  private static final int NODES_MAX = 9;
  private static final int PORTS_PER_MEMBER = 10;
  private static final Duration START_MAX = Duration.ofSeconds(60);
  private static final Duration STOP_MAX = Duration.ofSeconds(8);

  private final PrintStream out;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--nodes",
      paramLabel = "<count>",
      description = "How many members, 1 to 9. Default: 3",
      defaultValue = "3")
  private int nodes;

  @Option(
      names = "--dir",
      paramLabel = "<path>",
      description =
          "Where each member has a folder with its data and its log; they go on with what is there."
              + " Default: metastore-dev",
      defaultValue = "metastore-dev")
  private Path folder = Path.of("metastore-dev");

  @Option(
      names = "--port",
      paramLabel = "<port>",
      description =
          "Client port of the first member; its peer port is the next, and each further member's are"
              + " 10 higher. Default: 2379",
      defaultValue = "2379")
  private int port;

  @Option(
      names = "--storage",
      paramLabel = "<engine>",
      description = "The storage engine. Default: rocksdb",
      defaultValue = "rocksdb")
  private String storage = "rocksdb";

  DevCommand(PrintStream out) {
    this.out = out;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (nodes < 1 || nodes > NODES_MAX) {
      throw new ParameterException(spec.commandLine(), "--nodes must be 1 to " + NODES_MAX);
    }
    List<DevMember> members = new ArrayList<>();
    // Before the first start: a signal meanwhile must not leave any member behind.
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform().name("metastore-dev-stop").unstarted(() -> stop(members)));
    for (int i = 1; i <= nodes; i++) {
      members.add(
          new DevMember(
              "n" + i,
              folder.toAbsolutePath().resolve("n" + i),
              port + (i - 1) * PORTS_PER_MEMBER));
    }
    String cluster =
        members.stream()
            .map(member -> member.name() + "=" + member.peerUrl())
            .collect(Collectors.joining(","));
    for (DevMember member : members) {
      member.start(List.of("--initial-cluster=" + cluster, "--storage=" + storage));
    }
    for (DevMember member : members) {
      if (!member.awaitReady(START_MAX)) {
        out.println("metastore: " + member.name() + " does not serve, see " + member.log());
        return CommandLineInterface.FAILED;
      }
    }
    print(members);
    for (DevMember member : members) {
      int code = member.awaitEnd();
      out.println("metastore: " + member.name() + " ended with " + code + ", see " + member.log());
    }
    return 0;
  }

  private void print(List<DevMember> members) {
    out.println();
    out.println("MetaStore runs a cluster of " + members.size());
    out.println();
    for (DevMember member : members) {
      out.println(
          "  %s  clients %s  peers %s  log %s"
              .formatted(member.name(), member.clientUrl(), member.peerUrl(), member.log()));
    }
    out.println();
    out.println(
        "  Try      etcdctl --endpoints="
            + members.stream().map(DevMember::endpoint).collect(Collectors.joining(","))
            + " member list");
    out.println("  Stop     Ctrl-C");
    out.flush();
  }

  private static void stop(List<DevMember> members) {
    members.forEach(DevMember::terminate);
    members.forEach(member -> member.end(STOP_MAX));
  }
}
