package io.metastore.junit;

import io.metastore.testkit.network.FreePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How long a test waits for its store: what {@link MetastoreTest} opens, against an etcd process.
 * Run by name only, as it is none of the tests; prints a table for {@code docs/benchmarks.md}.
 */
class StartBenchmark {
  private static final Path ETCD = Path.of("/usr/bin/etcd");
  private static final int ROUNDS = 20;
  private static final long DEADLINE_SECONDS = 60;

  /** Starts a store and returns when it has answered a read. */
  private interface Start {
    void run(int round) throws Exception;
  }

  @TempDir private Path temp;

  @Test
  void measure() throws Exception {
    System.out.println("| until the first answered read | first ms | median ms | least | most |");
    System.out.println("|---|--:|--:|--:|--:|");
    measure("`@MetastoreTest`", round -> openAndRead(1));
    measure("`@MetastoreTest(members = 3)`", round -> openAndRead(3));
    if (Files.isExecutable(ETCD)) {
      measure("an etcd process, `--unsafe-no-fsync`", this::etcd);
    }
  }

  /** The first is told apart: it loads classes. */
  private static void measure(String what, Start start) throws Exception {
    double[] millis = new double[ROUNDS];
    double first = 0;
    for (int round = 0; round <= ROUNDS; round++) {
      long before = System.nanoTime();
      start.run(round);
      double taken = (System.nanoTime() - before - closingNanos) / 1e6;
      if (round == 0) {
        first = taken;
      } else {
        millis[round - 1] = taken;
      }
    }
    Arrays.sort(millis);
    System.out.printf(
        "| %s | %.0f | %.0f | %.0f | %.0f |%n",
        what, first, millis[ROUNDS / 2], millis[0], millis[ROUNDS - 1]);
  }

  // What the last start took beyond the first answer, which is not measured. One thread runs.
  private static long closingNanos;

  private static void openAndRead(int members) {
    TestStore store = TestStore.open(members, "memory");
    long open = System.nanoTime();
    store.close();
    closingNanos = System.nanoTime() - open;
  }

  private void etcd(int round) throws Exception {
    int client = FreePorts.next();
    String clients = "http://127.0.0.1:" + client;
    String peers = "http://127.0.0.1:" + FreePorts.next();
    Process process =
        new ProcessBuilder(
                ETCD.toString(),
                "--data-dir=" + temp.resolve("etcd-" + round),
                "--unsafe-no-fsync",
                "--listen-client-urls=" + clients,
                "--advertise-client-urls=" + clients,
                "--listen-peer-urls=" + peers,
                "--initial-advertise-peer-urls=" + peers,
                "--initial-cluster=default=" + peers)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      awaitHealthy(client);
    } finally {
      long open = System.nanoTime();
      process.destroyForcibly().waitFor();
      closingNanos = System.nanoTime() - open;
    }
  }

  private static void awaitHealthy(int port) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
    HttpRequest health =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/health")).build();
    try (HttpClient http = HttpClient.newHttpClient()) {
      while (System.nanoTime() < deadline) {
        try (Socket open = new Socket(InetAddress.getLoopbackAddress(), port)) {
          if (open.isConnected()
              && http.send(health, BodyHandlers.ofString()).body().contains("\"true\"")) {
            return;
          }
        } catch (IOException e) {
          // Not yet.
        }
        TimeUnit.MILLISECONDS.sleep(1);
      }
    }
    throw new IllegalStateException("etcd is not healthy on port " + port);
  }
}
