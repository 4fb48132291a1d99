package io.metastore.app.differential;

import io.metastore.testkit.network.FreePorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A real etcd in a process of its own, on free ports: what every answer is measured by. */
final class Etcd implements AutoCloseable {
  /** Where Debian's package puts it. */
  static final Path EXECUTABLE = Path.of("/usr/bin/etcd");

  private final Process process;
  private final int port;

  private Etcd(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** Starts one with its data and log in a folder; calls wait until it serves. */
  static Etcd start(Path folder, String... flags) throws IOException {
    int port = FreePorts.next();
    String client = "http://127.0.0.1:" + port;
    String peer = "http://127.0.0.1:" + FreePorts.next();
    ProcessBuilder builder =
        new ProcessBuilder(
                EXECUTABLE.toString(),
                "--name=etcd",
                "--data-dir=" + folder.resolve("etcd"),
                "--listen-client-urls=" + client,
                "--advertise-client-urls=" + client,
                "--listen-peer-urls=" + peer,
                "--initial-advertise-peer-urls=" + peer,
                "--initial-cluster=etcd=" + peer,
                // What it answers is compared, not what it survives.
                "--unsafe-no-fsync",
                "--logger=zap")
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("etcd.log").toFile());
    builder.command().addAll(List.of(flags));
    // A variable beside a flag of the same meaning makes etcd refuse to start.
    builder.environment().keySet().removeIf(name -> name.startsWith("ETCD"));
    // Two of them and two of ours share the machine: with one thread each, it spins less.
    builder.environment().put("GOMAXPROCS", "1");
    builder.environment().put("GOGC", "400");
    Files.createDirectories(folder);
    return new Etcd(builder.start(), port);
  }

  int port() {
    return port;
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        throw new IllegalStateException("still running: " + process.info());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
