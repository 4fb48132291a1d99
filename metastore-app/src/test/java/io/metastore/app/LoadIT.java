package io.metastore.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What happens to acknowledged puts when a server ends under load. {@code -Dmetastore.it.puts=N}
 * asks for N puts.
 */
final class LoadIT {
  private static final int PUTS = Sizes.of("metastore.it.puts", 10_000, 20_000);

  /** The server ends when this many puts are acknowledged: in the middle, with a warm server. */
  private static final int ACKED_MIN = PUTS / 5;

  private static final int KEY_BYTES = 64;
  private static final long DEADLINE_SECONDS = 120;

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"memory", "rocksdb"})
  void everyAcknowledgedPutSurvivesAKill(String engine) throws Exception {
    Path acked = folder.resolve("acked");
    try (ServerProcess server = ServerProcess.start(folder, "--storage=" + engine)) {
      Process load = load(server, acked);
      awaitAcked(acked, load);
      server.kill();
      assertLoadWasHit(load, acked);
    }
    assertEverythingIsThere(engine, acked);
  }

  @ParameterizedTest
  @ValueSource(strings = {"memory", "rocksdb"})
  void twoSignalsUnderLoadEndItCleanlyWithinFiveSeconds(String engine) throws Exception {
    Path acked = folder.resolve("acked");
    try (ServerProcess server = ServerProcess.start(folder, "--storage=" + engine)) {
      Process load = load(server, acked);
      awaitAcked(acked, load);
      long from = System.nanoTime();
      server.terminate();
      server.awaitLine("stopping");
      server.terminate();
      assertEquals(0, server.exitCode());
      assertTrue(System.nanoTime() - from < TimeUnit.SECONDS.toNanos(5));
      assertLoadWasHit(load, acked);
      // Some lines for start and stop, and none for a request, a batch or a fsync.
      String log = server.errors();
      assertTrue(log.lines().count() < 30, log);
      assertTrue(log.lines().allMatch(line -> line.contains(" INFO ")), log);
    }
    assertEverythingIsThere(engine, acked);
  }

  private Process load(ServerProcess server, Path acked) throws IOException {
    String[] command =
        Command.metastore(
            "bench",
            "put",
            "--endpoints=" + server.endpoint(),
            "--conns=4",
            "--clients=100",
            "--total=" + PUTS,
            "--key-space=" + PUTS,
            "--key-size=" + KEY_BYTES,
            "--sequential-keys",
            "--warmup=0s",
            "--give-up=5s",
            "--record-acked=" + acked);
    return Command.prepare(folder, Map.of(), command)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("load").toFile())
        .start();
  }

  private void awaitAcked(Path acked, Process load) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
    while (Files.notExists(acked) || Files.size(acked) < ACKED_MIN * (KEY_BYTES + 1L)) {
      if (!load.isAlive() || System.nanoTime() > deadline) {
        load.destroyForcibly();
        throw new IllegalStateException("no load: " + Files.readString(folder.resolve("load")));
      }
      Thread.sleep(1);
    }
  }

  private void assertLoadWasHit(Process load, Path acked) throws Exception {
    assertTrue(load.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS), "load does not end");
    String report = Files.readString(folder.resolve("load"));
    assertNotEquals(0, load.exitValue(), report);
    try (Stream<String> keys = Files.lines(acked)) {
      long count = keys.count();
      assertTrue(count >= ACKED_MIN && count < PUTS, count + " acknowledged: " + report);
    }
  }

  private void assertEverythingIsThere(String engine, Path acked) throws Exception {
    try (ServerProcess server = ServerProcess.start(folder, "--storage=" + engine)) {
      Command verify =
          Command.run(
              folder,
              Map.of(),
              Command.metastore(
                  "bench", "verify", "--endpoints=" + server.endpoint(), "--acked=" + acked));
      assertEquals(0, verify.exitCode(), verify::toString);
      try (Stream<String> keys = Files.lines(acked)) {
        long count = keys.count();
        assertTrue(
            verify.output().contains("verified " + count + " of " + count + " acknowledged puts"),
            verify::toString);
      }
    }
  }
}
