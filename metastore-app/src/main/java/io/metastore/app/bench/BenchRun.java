package io.metastore.app.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import picocli.CommandLine;

/** One invocation: connects, fills, warms up, measures, reports. Used by the main thread only. */
final class BenchRun implements AutoCloseable {
  private static final Duration CONNECT_MAX = Duration.ofSeconds(10);

  private final RunOptions options;
  private final PrintWriter out;
  private final PrintWriter err;
  private final ConnectionPool pool;
  private final boolean terminal = Progress.stderrIsTerminal();

  private BenchRun(RunOptions options, CommandLine command, ConnectionPool pool) {
    this.options = options;
    this.out = command.getOut();
    this.err = command.getErr();
    this.pool = pool;
  }

  /** Connects to the servers of these options, which have been checked. */
  static BenchRun open(RunOptions options, CommandLine command)
      throws IOException, InterruptedException {
    return new BenchRun(
        options,
        command,
        ConnectionPool.open(options.endpoints(), options.conns(), options.threads(), CONNECT_MAX));
  }

  /**
   * Runs {@code count} requests that are no part of the measurement, as fast as they go.
   *
   * @throws IOException when one of them failed
   */
  void prepare(String label, Workload workload, long count, int clients)
      throws IOException, InterruptedException {
    Limits limits = options.limits(OptionalDouble.empty()).ending(count, Limits.UNLIMITED);
    Outcome outcome = loop(label, workload, limits, clients);
    if (!outcome.isClean()) {
      throw new IOException(label + " failed: " + outcome.errors());
    }
  }

  /** Warms up and measures. */
  Outcome measure(String operation, Workload workload, LoadOptions load)
      throws InterruptedException {
    Limits limits = options.limits(load.rate());
    if (!options.warmup().isZero()) {
      Limits warmup = limits.ending(Long.MAX_VALUE, options.warmup());
      var unused = loop("warm-up", workload, warmup, load.clients());
    }
    return loop(operation, workload, limits, load.clients());
  }

  private Outcome loop(String label, Workload workload, Limits limits, int clients)
      throws InterruptedException {
    return new ClosedLoop(workload, limits, pool.all(), clients)
        .run(new Progress(label, err, terminal));
  }

  /** Prints the result and returns the exit code. */
  int report(String operation, Map<String, Object> details, Outcome outcome) throws IOException {
    Map<String, Object> settings = new LinkedHashMap<>();
    options.describe(settings);
    settings.putAll(details);
    Report report = new Report(operation, settings, outcome);
    Path toStdout = Path.of(RunOptions.JSON_TO_STDOUT);
    boolean onlyJson = options.json().filter(toStdout::equals).isPresent();
    out.print(onlyJson ? report.json() : report.text());
    out.flush();
    if (options.json().isPresent() && !onlyJson) {
      Files.writeString(options.json().get(), report.json());
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
  static int with(RunOptions options, CommandLine command, Body body) throws InterruptedException {
    try (BenchRun run = open(options, command)) {
      return body.run(run);
    } catch (IOException e) {
      command.getErr().println("bench: " + e.getMessage());
      return 1;
    }
  }
}
