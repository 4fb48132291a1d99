package io.metastore.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A distribution of the server of its own, as somebody has it who has unpacked the archive.
 *
 * @param folder where it is
 */
record Distribution(Path folder) {
  private static final long DEADLINE_SECONDS = 60;

  /** Makes one by hard links, as its files are not written to. */
  static Distribution create(Path folder) throws IOException {
    Path packed =
        Path.of("../metastore-app/target/metastore-" + System.getProperty("metastore.version"))
            .toRealPath();
    try (Stream<Path> files = Files.walk(packed)) {
      for (Path file : files.toList()) {
        Path copy = folder.resolve(packed.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(copy);
        } else {
          Files.createLink(copy, file);
        }
      }
    }
    return new Distribution(folder);
  }

  /** Puts a plug-in where the server looks for it. */
  void addPlugin(String name, Stream<Path> jars) throws IOException {
    Path plugin = Files.createDirectories(folder.resolve("plugins").resolve(name));
    for (Path jar : jars.toList()) {
      Files.copy(jar, plugin.resolve(jar.getFileName()));
    }
  }

  String metastore() {
    return folder.resolve("bin/metastore").toString();
  }

  /** Starts a server on a data directory, and waits until it serves. */
  Server serve(Path data, int port, int peerPort, String... flags)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(metastore(), "serve"));
    command.add("--data-dir=" + data);
    command.add("--listen-client-urls=http://127.0.0.1:" + port);
    command.add("--listen-peer-urls=http://127.0.0.1:" + peerPort);
    command.addAll(List.of(flags));
    Path output = Files.createTempFile(folder, "server-", ".txt");
    Process process = Program.start(folder, output, command);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
    while (!Files.readString(output).contains("Try ")) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        process.destroyForcibly();
        throw new IllegalStateException("does not serve: " + Files.readString(output));
      }
      Thread.sleep(5);
    }
    return new Server(process);
  }

  /** A server that runs. */
  record Server(Process process) implements AutoCloseable {
    boolean isAlive() {
      return process.isAlive();
    }

    /** Sends SIGKILL, and waits for the end. */
    @Override
    public void close() {
      process.destroyForcibly();
      process.onExit().join();
    }
  }
}
