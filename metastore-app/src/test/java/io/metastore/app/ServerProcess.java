package io.metastore.app;

import io.metastore.testkit.network.FreePorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/**
 * The packed server as a process of its own, on free ports, serving when {@link #start} returns.
 * Its output is in files of the folder it was started in.
 */
public final class ServerProcess implements AutoCloseable {
  /**
   * Options of the JVM of a server that lives for seconds: few methods are called often enough to
   * pay for their compilation, and none for the second compiler. What the start cache knows of
   * methods would have them compiled at once.
   */
  public static final String JAVA_OPTIONS =
      "-XX:TieredStopAtLevel=1 -XX:CompileThresholdScaling=3"
          + " -XX:+UnlockDiagnosticVMOptions -XX:-AOTReplayTraining";

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
    return start(folder, Map.of(), flags);
  }

  /** The same, with variables in its environment. */
  static ServerProcess start(Path folder, Map<String, String> environment, String... flags)
      throws Exception {
    return serving(launch(folder, FreePorts.next(), environment, flags));
  }

  /** Starts a server on the port and the data of an earlier one, and waits until it serves. */
  public static ServerProcess restart(Path folder, int clientPort, String... flags)
      throws Exception {
    return serving(launch(folder, clientPort, Map.of(), flags));
  }

  private static ServerProcess serving(ServerProcess server) throws Exception {
    server.awaitServing();
    return server;
  }

  /** Waits until it says that it serves clients. */
  void awaitServing() throws Exception {
    await(() -> output().contains("Try "), "serve");
  }

  /** Waits until the log has a line with a text. */
  void awaitLine(String text) throws Exception {
    await(() -> errors().contains(text), "log " + text);
  }

  private void await(Callable<Boolean> condition, String what) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
    while (!condition.call()) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        close();
        throw new IllegalStateException("does not " + what + ": " + output() + errors());
      }
      Thread.sleep(5);
    }
  }

  /** Starts a server on a port, and does not wait. */
  public static ServerProcess launch(
      Path folder, int clientPort, Map<String, String> environment, String... flags)
      throws IOException {
    return launch(List.of(), folder, clientPort, environment, flags);
  }

  /** The same, by a command that becomes the command that is given to it. */
  public static ServerProcess launch(
      List<String> wrapper,
      Path folder,
      int clientPort,
      Map<String, String> environment,
      String... flags)
      throws IOException {
    List<String> command = new ArrayList<>(wrapper);
    command.addAll(List.of(Command.metastore("serve")));
    return launch(command, environment, folder, clientPort, flags);
  }

  /** Starts an etcd in place of ours, and does not wait. */
  public static ServerProcess launchEtcd(Path folder, int clientPort, String... flags)
      throws IOException {
    List<String> more = new ArrayList<>(List.of(flags));
    more.add("--advertise-client-urls=http://127.0.0.1:" + clientPort);
    return launch(List.of("etcd"), Map.of(), folder, clientPort, more.toArray(String[]::new));
  }

  private static ServerProcess launch(
      List<String> start,
      Map<String, String> environment,
      Path folder,
      int clientPort,
      String... flags)
      throws IOException {
    List<String> command = new ArrayList<>(start);
    command.add("--data-dir=" + folder.resolve("data"));
    command.add("--listen-client-urls=http://127.0.0.1:" + clientPort);
    command.add("--listen-peer-urls=http://127.0.0.1:" + peerPort(folder));
    command.addAll(List.of(flags));
    Process process =
        Command.prepare(folder, environment, command.toArray(String[]::new))
            .redirectOutput(folder.resolve("output").toFile())
            .redirectError(folder.resolve("errors").toFile())
            .start();
    return new ServerProcess(process, folder, clientPort);
  }

  /** A member's identity is made of its peer URL, so each folder keeps the port it began with. */
  public static String peerPort(Path folder) throws IOException {
    Path kept = folder.resolve("peer-port");
    if (Files.notExists(kept)) {
      Files.writeString(kept, String.valueOf(FreePorts.next()));
    }
    return Files.readString(kept);
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

  /** The port of its client address. */
  public int clientPort() {
    return clientPort;
  }

  /** Whether it has not ended. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** Its process id. */
  public long pid() {
    return process.pid();
  }

  /** Sends a signal by its name, such as STOP. */
  public void signal(String name) throws IOException, InterruptedException {
    Process kill =
        new ProcessBuilder("kill", "-" + name, String.valueOf(pid())).inheritIO().start();
    if (kill.waitFor() != 0) {
      throw new IllegalStateException(name + " not sent to " + pid());
    }
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
