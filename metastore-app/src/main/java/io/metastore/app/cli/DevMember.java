package io.metastore.app.cli;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * One member of a cluster on this machine: a process made like this one, but for its arguments.
 * Thread-safe.
 */
final class DevMember {
  private static final Duration LOOK_INTERVAL = Duration.ofMillis(50);
  private static final int HTTP_OK = 200;

  private final String name;
  private final Path folder;
  private final int clientPort;
  // Set once, by start.
  private volatile Optional<Process> process = Optional.empty();

  /**
   * Describes a member.
   *
   * @param folder of its data and its log
   * @param clientPort its peer port is the next
   */
  DevMember(String name, Path folder, int clientPort) {
    this.name = name;
    this.folder = folder;
    this.clientPort = clientPort;
  }

  String name() {
    return name;
  }

  Path log() {
    return folder.resolve("log");
  }

  String endpoint() {
    return "127.0.0.1:" + clientPort;
  }

  String clientUrl() {
    return "http://" + endpoint();
  }

  String peerUrl() {
    return "http://127.0.0.1:" + (clientPort + 1);
  }

  /** Starts the process. */
  void start(List<String> flags) throws IOException {
    Files.createDirectories(folder);
    List<String> command = new ArrayList<>(ownCommand());
    command.add("serve");
    command.add("--name=" + name);
    command.add("--data-dir=" + folder.resolve("data"));
    command.add("--listen-client-urls=" + clientUrl());
    command.add("--listen-peer-urls=" + peerUrl());
    command.addAll(flags);
    process =
        Optional.of(
            new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                .start());
  }

  /** How this process was started, up to the command that it was given. */
  private static List<String> ownCommand() throws IOException {
    ProcessHandle.Info own = ProcessHandle.current().info();
    List<String> command = new ArrayList<>();
    command.add(own.command().orElseThrow(DevMember::unknown));
    for (String argument : own.arguments().orElseThrow(DevMember::unknown)) {
      if (argument.equals("dev")) {
        return command;
      }
      command.add(argument);
    }
    throw unknown();
  }

  private static IOException unknown() {
    return new IOException("this system does not tell how the process was started");
  }

  /** Waits until linearizable reads are answered; false when that takes too long or it ended. */
  boolean awaitReady(Duration timeout) throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (System.nanoTime() - deadline < 0) {
      if (isReady()) {
        return true;
      }
      if (process.isEmpty()
          || process.get().waitFor(LOOK_INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
        return false;
      }
    }
    return false;
  }

  private boolean isReady() {
    try {
      HttpURLConnection connection =
          (HttpURLConnection) URI.create(clientUrl() + "/readyz").toURL().openConnection();
      connection.setConnectTimeout((int) LOOK_INTERVAL.toMillis());
      try {
        return connection.getResponseCode() == HTTP_OK;
      } finally {
        connection.disconnect();
      }
    } catch (IOException e) {
      return false;
    }
  }

  /** Waits for the end of the process and gives its exit code. */
  int awaitEnd() throws InterruptedException {
    return process.isPresent() ? process.get().waitFor() : 0;
  }

  /** Tells the process to stop. */
  void terminate() {
    process.ifPresent(Process::destroy);
  }

  /** Waits for the end of the process, and ends it when that takes too long. */
  void end(Duration timeout) {
    if (process.isEmpty()) {
      return;
    }
    try {
      if (!process.get().waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
        process.get().destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.get().destroyForcibly();
    }
  }
}
