package io.metastore.app;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** etcd's own command, run against one server. */
final class Etcdctl {
  private static final Path EXECUTABLE = Path.of("/usr/bin/etcdctl");
  private static final long DEADLINE_SECONDS = 30;

  private final ServerProcess server;

  private Etcdctl(ServerProcess server) {
    this.server = server;
  }

  /** Says that the test cannot be run where there is no such command. */
  static void assumeInstalled() {
    Installed.require(EXECUTABLE, "etcd-client");
  }

  static Etcdctl of(ServerProcess server) {
    return new Etcdctl(server);
  }

  private Process launch(String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(EXECUTABLE.toString());
    command.add("--endpoints=" + server.endpoint());
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("ETCDCTL_API", "3");
    return builder.start();
  }

  /** Runs it to its end; returns what it said. */
  String run(String... arguments) throws IOException, InterruptedException {
    return feed("", arguments);
  }

  /** Runs it to its end on an input; returns what it said. */
  String feed(String input, String... arguments) throws IOException, InterruptedException {
    Process process = launch(arguments);
    try (OutputStream stream = process.getOutputStream()) {
      stream.write(input.getBytes(StandardCharsets.UTF_8));
    }
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertTrue(process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS), "etcdctl does not end");
    return output;
  }

  /** Starts it, to be talked with. */
  Session start(String... arguments) throws IOException {
    return new Session(launch(arguments));
  }

  /** A command that goes on until it is ended. */
  static final class Session implements AutoCloseable {
    private final Process process;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

    private Session(Process process) {
      this.process = process;
      Thread.ofVirtual().start(this::read);
    }

    private void read() {
      try (BufferedReader reader = process.inputReader()) {
        reader.lines().forEach(lines::add);
      } catch (IOException | UncheckedIOException e) {
        lines.add("unreadable: " + e);
      }
    }

    /** Types a line. */
    void type(String line) throws IOException {
      process.outputWriter().write(line + "\n");
      process.outputWriter().flush();
    }

    /** The next line that it says, waited for. */
    String next() throws InterruptedException {
      String line = lines.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
      assertNotNull(line, "etcdctl says nothing more");
      return line;
    }

    /** The next lines that it says, as one. */
    String next(int count) throws InterruptedException {
      StringBuilder all = new StringBuilder(next());
      for (int i = 1; i < count; i++) {
        all.append(' ').append(next());
      }
      return all.toString();
    }

    /** Whether it has said nothing that was not looked at. */
    boolean isSilent() {
      return lines.isEmpty() && process.isAlive();
    }

    /** Asks it to end, and waits until it has put its things in order. */
    void terminate() throws InterruptedException {
      process.destroy();
      assertTrue(process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS), "etcdctl does not end");
    }

    /** Ends it where it is. */
    void kill() {
      process.destroyForcibly();
      process.onExit().join();
    }

    @Override
    public void close() {
      kill();
    }
  }
}
