package io.metastore.app.cluster;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.testkit.history.Action;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * How long no write is accepted when the leader of three goes, with default settings: from the
 * signal to the acknowledgement of a put that was sent to another member after it. On demand, by
 * {@code bench/leader-loss.sh}.
 */
final class LeaderLossMeasurement {
  private static final int TIMES = Integer.getInteger("metastore.it.times", 20);

  private static final long PACE_MILLIS = 20;

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({"rocksdb, KILL", "etcd, KILL", "rocksdb, STOP", "etcd, STOP"})
  void writesAreAcceptedAgain(String server, String signal) throws Exception {
    List<Long> millis = new ArrayList<>();
    List<Long> electedMillis = new ArrayList<>();
    try (ProcessCluster cluster =
        server.equals("etcd")
            ? ProcessCluster.startEtcd(folder)
            : ProcessCluster.start(folder, "--storage=" + server)) {
      for (int i = 0; i < TIMES; i++) {
        String leader = cluster.leader();
        List<String> others = new ArrayList<>(cluster.names());
        others.remove(leader);
        MemberClient writer = cluster.client(others.get(i % others.size()));
        String value = "v" + i;
        assertTrue(writer.run("k", new Action.Put(value)).isAcknowledged());
        long from = System.nanoTime();
        cluster.signal(leader, signal);
        CompletableFuture<Long> elected = elected(writer);
        long accepted = firstAcknowledged(writer, value);
        millis.add(TimeUnit.NANOSECONDS.toMillis(accepted - from));
        electedMillis.add(TimeUnit.NANOSECONDS.toMillis(elected.get() - from));
        if (signal.equals("STOP")) {
          cluster.signal(leader, "CONT");
        } else {
          int unused = cluster.process(leader).exitCode();
          cluster.launch(leader);
        }
        cluster.awaitServing();
      }
    }
    System.out.println(server + ", " + signal + ", leader known after: " + electedMillis);
    System.out.println(server + ", " + signal + ", put acknowledged after: " + millis);
    Collections.sort(millis);
    System.out.printf(
        "RESULT | %s | %s | %d | %d | %d | %d |%n",
        server, signal, TIMES, millis.getFirst(), millis.get(TIMES / 2), millis.getLast());
  }

  /** When a member knows of another leader than it does now. */
  private static CompletableFuture<Long> elected(MemberClient member) {
    long old = member.leadership().orElseThrow().leader();
    return CompletableFuture.supplyAsync(
        () -> {
          while (true) {
            Optional<MemberClient.Leadership> now = member.leadership();
            if (now.isPresent() && now.get().leader() != 0 && now.get().leader() != old) {
              return System.nanoTime();
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(PACE_MILLIS));
          }
        },
        Thread::startVirtualThread);
  }

  /**
   * Sends a put every few milliseconds, whatever becomes of those before, until one is answered.
   */
  private static long firstAcknowledged(MemberClient writer, String value) throws Exception {
    CompletableFuture<Long> accepted = new CompletableFuture<>();
    for (int i = 0; !accepted.isDone(); i++) {
      String next = value + "-" + i;
      Thread unused =
          Thread.ofVirtual()
              .start(
                  () -> {
                    if (writer.run("k", new Action.Put(next)).isAcknowledged()) {
                      accepted.complete(System.nanoTime());
                    }
                  });
      TimeUnit.MILLISECONDS.sleep(PACE_MILLIS);
    }
    return accepted.get();
  }
}
