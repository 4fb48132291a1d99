package io.metastore.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The packed server as a process of its own, on free ports, serving when {@link #start} returns.
 * Its output is in files of the folder it was started in.
 */
public final class ServerProcess implements AutoCloseable {
  private static final long DEADLINE_SECONDS = 60;

  private final Process process;
  private final Path folder;
  private final int clientPort;

  private ServerProcess(Process process, Path folder, int clientPort) {
    this.process = process;
    this.folder = folder;
    this.clientPort = clientPort;
  }

  /** Starts a server with its data in a folder, and waits until it serves. */
  public static ServerProcess start(Path folder, String... flags) throws Exception {
    ServerProcess server = launch(folder, TestServer.freePort(), flags);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
    while (!server.output().contains("Try ")) {
      if (!server.process.isAlive() || System.nanoTime() > deadline) {
        server.close();
        throw new IllegalStateException("does not serve: " + server.output() + server.errors());
      }
      Thread.sleep(20);
    }
    return server;
  }

  /** Starts a server on a port, and does not wait. */
  static ServerProcess launch(Path folder, int clientPort, String... flags) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(home().resolve("bin/metastore").toString());
    command.add("serve");
    command.add("--data-dir=" + folder.resolve("data"));
    command.add("--listen-client-urls=http://127.0.0.1:" + clientPort);
    command.add("--listen-peer-urls=http://127.0.0.1:" + peerPort(folder));
    command.addAll(List.of(flags));
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(folder.resolve("output").toFile())
            .redirectError(folder.resolve("errors").toFile())
            .start();
    return new ServerProcess(process, folder, clientPort);
  }

  /** A member's identity is made of its peer URL, so each folder keeps the port it began with. */
  private static String peerPort(Path folder) throws IOException {
    Path kept = folder.resolve("peer-port");
    if (Files.notExists(kept)) {
      Files.writeString(kept, String.valueOf(TestServer.freePort()));
    }
    return Files.readString(kept);
  }

  private static Path home() throws IOException {
    Path target = Path.of("target").toAbsolutePath();
    try (Stream<Path> files = Files.list(target)) {
      return files
          .filter(file -> Files.isExecutable(file.resolve("bin/metastore")))
          .findFirst()
          .orElseThrow(() -> new IllegalStateException("no distribution in " + target));
    }
  }

  /** Where clients find it, as host and port. */
  public String endpoint() {
    return "127.0.0.1:" + clientPort;
  }

  /** Its standard output so far. */
  public String output() throws IOException {
    return Files.readString(folder.resolve("output"));
  }

  /** Its standard error so far. */
  public String errors() throws IOException {
    return Files.readString(folder.resolve("errors"));
  }

  /** Sends SIGTERM. */
  public void terminate() {
    process.destroy();
  }

  /** Sends SIGKILL and waits for the end. */
  public void kill() throws InterruptedException {
    process.destroyForcibly();
    exitCode();
  }

  /** Waits for the end. */
  public int exitCode() throws InterruptedException {
    if (!process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException("still running: " + process.info());
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
