package io.metastore.app.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine;

/** One invocation: connects, fills, warms up, measures, reports. Used by the main thread only. */
final class BenchRun implements AutoCloseable {
  private static final Duration CONNECT_MAX = Duration.ofSeconds(10);

  private final LoadOptions load;
  private final PrintWriter out;
  private final PrintWriter err;
  private final ConnectionPool pool;
  private final boolean terminal = Progress.stderrIsTerminal();

  private BenchRun(LoadOptions load, CommandLine command, ConnectionPool pool) {
    this.load = load;
    this.out = command.getOut();
    this.err = command.getErr();
    this.pool = pool;
  }

  /** Connects to the servers of these options, which have been checked. */
  static BenchRun open(LoadOptions load, CommandLine command)
      throws IOException, InterruptedException {
    return new BenchRun(
        load,
        command,
        ConnectionPool.open(load.endpoints(), load.conns(), load.threads(), CONNECT_MAX));
  }

  /**
   * Runs {@code count} requests that are no part of the measurement, as fast as they go.
   *
   * @throws IOException when one of them failed
   */
  void prepare(String label, Workload workload, long count)
      throws IOException, InterruptedException {
    Outcome outcome =
        loop(label, workload, load.limits().unpaced().ending(count, Limits.UNLIMITED));
    if (!outcome.isClean()) {
      throw new IOException(label + " failed: " + outcome.errors());
    }
  }

  /** Warms up and measures. */
  Outcome measure(String operation, Workload workload) throws InterruptedException {
    if (!load.warmup().isZero()) {
      Limits limits = load.limits().ending(Long.MAX_VALUE, load.warmup());
      var unused = loop("warm-up", workload, limits);
    }
    return loop(operation, workload, load.limits());
  }

  private Outcome loop(String label, Workload workload, Limits limits) throws InterruptedException {
    return new ClosedLoop(workload, limits, pool.all(), load.clients())
        .run(new Progress(label, err, terminal));
  }

  /** Prints the result and returns the exit code. */
  int report(String operation, Map<String, Object> details, Outcome outcome) throws IOException {
    Map<String, Object> settings = new LinkedHashMap<>();
    load.describe(settings);
    settings.putAll(details);
    Report report = new Report(operation, settings, outcome);
    Path toStdout = Path.of(LoadOptions.JSON_TO_STDOUT);
    boolean onlyJson = load.json().filter(toStdout::equals).isPresent();
    out.print(onlyJson ? report.json() : report.text());
    out.flush();
    if (load.json().isPresent() && !onlyJson) {
      Files.writeString(load.json().get(), report.json());
    }
    return outcome.isClean() ? 0 : 1;
  }

  @Override
  public void close() {
    pool.close();
  }

  /** What a command does with its connections. */
  interface Body {
    int run(BenchRun run) throws IOException, InterruptedException;
  }

  /** Runs a command's body; a server or file that fails is one line and exit code 1. */
  static int with(LoadOptions load, CommandLine command, Body body) throws InterruptedException {
    try (BenchRun run = open(load, command)) {
      return body.run(run);
    } catch (IOException e) {
      command.getErr().println("bench: " + e.getMessage());
      return 1;
    }
  }
}
