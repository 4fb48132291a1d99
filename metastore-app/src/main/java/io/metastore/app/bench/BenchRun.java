package io.metastore.app.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import picocli.CommandLine;

/** One invocation: connects, fills, warms up, measures, reports. Used by the main thread only. */
final class BenchRun {
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

  /** What a command does with its connections. */
  interface Body {
    int run(BenchRun run) throws IOException, InterruptedException;
  }

  /** Runs a command's body; a server or file that fails is one line and exit code 1. */
  static int with(RunOptions options, CommandLine command, Body body) throws InterruptedException {
    return with(options, options.conns(), command, body);
  }

  /** The same on another number of connections than the options say. */
  static int with(RunOptions options, int connections, CommandLine command, Body body)
      throws InterruptedException {
    try (ConnectionPool pool =
        ConnectionPool.open(options.endpoints(), connections, options.threads(), CONNECT_MAX)) {
      return body.run(new BenchRun(options, command, pool));
    } catch (IOException e) {
      command.getErr().println("bench: " + e.getMessage());
      return 1;
    }
  }

  /** The connections, in the order of their endpoints. */
  List<? extends Connection> connections() {
    return pool.all();
  }

  /** A line about the state of things, for people and for scripts that wait for it. */
  void say(String line) {
    err.println("bench: " + line);
    err.flush();
  }

  /** Progress of what has this label. */
  Progress progress(String label) {
    return new Progress(label, err, terminal);
  }

  /**
   * Runs {@code count} requests that are no part of the measurement, as fast as they go.
   *
   * @throws IOException when one of them failed
   */
  void prepare(String label, Workload workload, long count, int clients)
      throws IOException, InterruptedException {
    Limits limits = new Limits(count, Limits.UNLIMITED, OptionalDouble.empty(), options.giveUp());
    Outcome outcome = new ClosedLoop(workload, limits, connections(), clients).run(progress(label));
    if (!outcome.isClean()) {
      throw new IOException(label + " failed: " + outcome.errors());
    }
  }

  /** Warms up and measures. */
  Outcome measure(String operation, Workload workload, LoadOptions load)
      throws InterruptedException {
    return measure(operation, workload, connections(), load.clients(), options.limits(load.rate()));
  }

  /** Warms up and measures, client i with requester i modulo their number. */
  Outcome measure(
      String operation,
      Workload workload,
      List<? extends Requester> requesters,
      int clients,
      Limits limits)
      throws InterruptedException {
    warmUp(workload, requesters, clients, limits);
    return new ClosedLoop(workload, limits, requesters, clients).run(progress(operation));
  }

  /** Loads for as long as the options say, without a result. */
  void warmUp(Workload workload, List<? extends Requester> requesters, int clients, Limits limits)
      throws InterruptedException {
    if (!options.warmup().isZero()) {
      Limits warmup = limits.ending(Long.MAX_VALUE, options.warmup());
      var unused = new ClosedLoop(workload, warmup, requesters, clients).run(progress("warm-up"));
    }
  }

  /** Prints the result of single requests and returns the exit code. */
  int report(String operation, Map<String, Object> details, Outcome outcome) throws IOException {
    Map<String, Object> settings = new LinkedHashMap<>();
    options.describe(settings);
    settings.putAll(details);
    return report(new Report(operation, settings, outcome));
  }

  /** Prints a result and returns the exit code. */
  int report(Result result) throws IOException {
    Path toStdout = Path.of(RunOptions.JSON_TO_STDOUT);
    boolean onlyJson = options.json().filter(toStdout::equals).isPresent();
    out.print(onlyJson ? result.json() : result.text());
    out.flush();
    if (options.json().isPresent() && !onlyJson) {
      Files.writeString(options.json().get(), result.json());
    }
    return result.isClean() ? 0 : 1;
  }
}
