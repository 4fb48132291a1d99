package io.metastore.app.cluster;

import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.testkit.history.Action;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What can happen to a member's disk. The member must end by itself and say why, the others must
 * serve, and when the disk is well the member must come back with everything.
 */
enum DiskFault implements FaultRun.Trouble {
  /** Of the leader: there is room for what it has, and soon not for more. */
  FULL_DISK {
    @Override
    public Optional<String> impossible(ProcessCluster cluster) {
      return cluster.disk().isPresent()
          ? Optional.empty()
          : Optional.of("a file system of its own needs root, and unshare and nsenter");
    }

    @Override
    public void happen(FaultRun run, ClientLoad load) throws Exception {
      String member = ProcessCluster.SMALL_DISK;
      SmallDisk disk = run.cluster().disk().orElseThrow();
      run.cluster().moveLeader(member);
      disk.fill();
      endsByItself(run, load, member);
      disk.free();
      run.cluster().launch(member);
    }
  },
  /** Of any other: files are written on, none can be made. */
  READ_ONLY_DIRECTORY {
    @Override
    public Optional<String> impossible(ProcessCluster cluster) throws Exception {
      Path directory = cluster.data(cluster.names().getFirst());
      return immutable(directory, true) && immutable(directory, false)
          ? Optional.empty()
          : Optional.of("a directory made read-only needs root, chattr, and ext4 or the like");
    }

    @Override
    public void happen(FaultRun run, ClientLoad load) throws Exception {
      List<String> names = new ArrayList<>(run.cluster().names());
      // Its file system has no such attribute.
      names.remove(ProcessCluster.SMALL_DISK);
      String member = names.get(run.random().nextInt(names.size()));
      Path segments = segments(run.cluster().data(member).resolve("log"));
      assertTrue(immutable(segments, true));
      try {
        endsByItself(run, load, member);
      } finally {
        assertTrue(immutable(segments, false));
      }
      run.cluster().launch(member);
    }
  };

  private static final int BALLAST_BYTES = 500_000;

  private static void endsByItself(FaultRun run, ClientLoad load, String member) throws Exception {
    ProcessCluster cluster = run.cluster();
    List<String> others = new ArrayList<>(cluster.names());
    others.remove(member);
    // The log has room of its own, made ahead.
    String ballast = "x".repeat(BALLAST_BYTES);
    cluster.await(
        member + " ends",
        () -> {
          var unused = cluster.client(others.getFirst()).run("ballast", new Action.Put(ballast));
          return !cluster.process(member).isAlive();
        });
    assertNotEquals(0, cluster.process(member).exitCode());
    String errors = cluster.process(member).errors();
    assertTrue(errors.contains("stopped name=" + member + " outcome="), errors);
    System.out.println(errors.lines().filter(line -> line.contains(" ERROR ")).toList());
    load.awaitProgress(others, 4);
  }

  private static Path segments(Path log) throws IOException {
    try (Stream<Path> files = Files.walk(log)) {
      return files
          .filter(file -> file.getFileName().toString().equals("current"))
          .findFirst()
          .orElseThrow();
    }
  }

  private static boolean immutable(Path directory, boolean on) throws Exception {
    try {
      return new ProcessBuilder("chattr", on ? "+i" : "-i", directory.toString()).start().waitFor()
          == 0;
    } catch (IOException e) {
      // There is no such command.
      return false;
    }
  }
}
