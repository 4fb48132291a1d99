package io.metastore.app.cluster;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.core.message.LeaseGrantRequest;
import io.metastore.core.message.LeaseTimeToLiveRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What can happen to a member's wall clock. Needs Debian's faketime. */
enum ClockFault implements FaultRun.Trouble {
  /**
   * Of the leader, by hours, forward and back. Nothing may come of it: elections, read leases and
   * leases are timed by the monotonic clock, which goes on.
   */
  CLOCK_JUMPS {
    @Override
    public Optional<String> impossible(ProcessCluster cluster) throws IOException {
      return library().isPresent()
          ? Optional.empty()
          : Optional.of(
              "a wall clock of one's own needs libfaketime (Debian: apt install faketime)");
    }

    @Override
    public void happen(FaultRun run, ClientLoad load) throws Exception {
      ProcessCluster cluster = run.cluster();
      String member = run.follower();
      Path clock = cluster.data(member).resolveSibling("clock");
      cluster.kill(member);
      set(clock, Duration.ZERO);
      cluster.launch(member, environment(clock));
      cluster.moveLeader(member);
      long lease = grant(cluster, member);
      for (int hours : List.of(2, -2)) {
        set(clock, Duration.ofHours(hours));
        awaitClock(cluster, member, Duration.ofHours(hours));
        load.awaitProgress(cluster.names(), 4);
        assertTrue(remaining(cluster, member, lease) > TTL_SECONDS / 2);
      }
      cluster.kill(member);
      cluster.launch(member);
    }
  };

  private static final int TTL_SECONDS = 120;

  private static Optional<Path> library() throws IOException {
    Path libraries = Path.of("/usr/lib");
    String tail = "faketime/libfaketimeMT.so.1";
    try (var folders = Files.list(libraries)) {
      return folders.map(folder -> folder.resolve(tail)).filter(Files::exists).findFirst();
    }
  }

  private static Map<String, String> environment(Path clock) throws IOException {
    return Map.of(
        "LD_PRELOAD",
        library().orElseThrow().toString(),
        "FAKETIME_TIMESTAMP_FILE",
        clock.toString(),
        // How often the file is looked at, in seconds.
        "FAKETIME_CACHE_DURATION",
        "1",
        "FAKETIME_DONT_FAKE_MONOTONIC",
        "1",
        // Waits of the JVM are by the monotonic clock, and would end at once.
        "FAKETIME_FORCE_MONOTONIC_FIX",
        "0",
        "FAKETIME_DONT_RESET",
        "1");
  }

  /** Never half written, since it is read at any time. */
  private static void set(Path clock, Duration offset) throws IOException {
    Path next = clock.resolveSibling("clock.next");
    Files.writeString(next, String.format("%+d", offset.toSeconds()));
    Files.move(next, clock, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Waits until a member's log has lines of that time, and gives it something to log. */
  private static void awaitClock(ProcessCluster cluster, String member, Duration offset)
      throws Exception {
    String other = cluster.names().get(cluster.names().indexOf(member) == 0 ? 1 : 0);
    cluster.await(
        member + " has its clock set by " + offset,
        () -> {
          cluster.moveLeader(other);
          cluster.moveLeader(member);
          String last = cluster.process(member).errors().lines().toList().getLast();
          Duration ahead = Duration.between(Instant.now(), Instant.parse(last.split(" ", 2)[0]));
          return ahead.minus(offset).abs().compareTo(Duration.ofMinutes(1)) < 0;
        });
  }

  private static long grant(ProcessCluster cluster, String member) {
    return cluster
        .client(member)
        .leases()
        .leaseGrant(LeaseGrantRequest.newBuilder().setTTL(TTL_SECONDS).build())
        .getID();
  }

  private static long remaining(ProcessCluster cluster, String member, long lease) {
    return cluster
        .client(member)
        .leases()
        .leaseTimeToLive(LeaseTimeToLiveRequest.newBuilder().setID(lease).build())
        .getTTL();
  }
}
