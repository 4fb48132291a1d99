package io.metastore.client;

import io.metastore.testkit.network.FreePorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A real etcd in a process of its own, on free ports. */
final class Etcd implements AutoCloseable {
  /** Where Debian's package puts it. */
  static final Path EXECUTABLE = Path.of("/usr/bin/etcd");

  private final Process process;
  private final String endpoint;

  private Etcd(Process process, String endpoint) {
    this.process = process;
    this.endpoint = endpoint;
  }

  /** Starts one with its data and log in a folder; calls wait until it serves. */
  static Etcd start(Path folder) throws IOException {
    return start(folder, "http://127.0.0.1:" + FreePorts.next());
  }

  /** The same at a URL, with more flags. */
  static Etcd start(Path folder, String client, String... more) throws IOException {
    String peer = "http://127.0.0.1:" + FreePorts.next();
    ProcessBuilder builder =
        new ProcessBuilder()
            .command(
                EXECUTABLE.toString(),
                "--name=etcd",
                "--data-dir=" + folder.resolve("etcd"),
                "--listen-client-urls=" + client,
                "--advertise-client-urls=" + client,
                "--listen-peer-urls=" + peer,
                "--initial-advertise-peer-urls=" + peer,
                "--initial-cluster=etcd=" + peer,
                "--unsafe-no-fsync",
                "--logger=zap")
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("etcd.log").toFile());
    for (String flag : more) {
      builder.command().add(flag);
    }
    // A variable beside a flag of the same meaning makes etcd refuse to start.
    builder.environment().keySet().removeIf(name -> name.startsWith("ETCD"));
    Files.createDirectories(folder);
    return new Etcd(builder.start(), client);
  }

  String endpoint() {
    return endpoint;
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
