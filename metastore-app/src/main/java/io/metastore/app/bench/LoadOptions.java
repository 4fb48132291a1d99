package io.metastore.app.bench;

import static io.metastore.app.bench.OptionValues.invalid;
import static io.metastore.app.bench.OptionValues.requireBetween;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** Options of every load: where to, how many clients, how long, what to write. */
final class LoadOptions {
  static final String JSON_TO_STDOUT = "-";
  private static final long TOTAL_DEFAULT = 100_000;
  private static final int CONNS_MAX = 20_000;
  private static final int CLIENTS_MAX = 1_000_000;
  private static final int THREADS_MAX = 256;
  private static final int RATE_MAX = 1_000_000_000;

  @Option(
      names = "--endpoints",
      paramLabel = "<host:port>",
      split = ",",
      defaultValue = "127.0.0.1:2379",
      converter = OptionValues.Address.class,
      description = "Servers, separated by commas; connections take turns (${DEFAULT-VALUE}).")
  private List<Endpoint> endpoints = List.of();

  @Option(
      names = "--conns",
      paramLabel = "<n>",
      defaultValue = "1",
      converter = OptionValues.Count.class,
      description = "Connections, shared by the clients (${DEFAULT-VALUE}).")
  private long conns;

  @Option(
      names = "--clients",
      paramLabel = "<n>",
      defaultValue = "1",
      converter = OptionValues.Count.class,
      description = "Clients, each with one request outstanding (${DEFAULT-VALUE}).")
  private long clients;

  @Option(
      names = "--total",
      paramLabel = "<n>",
      converter = OptionValues.Count.class,
      description = "Requests to measure (100000, or no limit with --duration).")
  private Optional<Long> total = Optional.empty();

  @Option(
      names = "--duration",
      paramLabel = "<time>",
      converter = OptionValues.Time.class,
      description = "Send for this long, such as 30s (no limit).")
  private Optional<Duration> duration = Optional.empty();

  @Option(
      names = "--warmup",
      paramLabel = "<time>",
      defaultValue = "2s",
      converter = OptionValues.Time.class,
      description = "Load for this long before measuring (${DEFAULT-VALUE}; 0s for none).")
  private Duration warmup = Duration.ZERO;

  @Option(
      names = "--rate",
      paramLabel = "<n>",
      converter = OptionValues.Rate.class,
      description =
          "Requests per second of all clients together (no limit). Latency then counts from when a"
              + " request was due, so that a stall is charged for all it delayed.")
  private Optional<Double> rate = Optional.empty();

  @Option(
      names = "--give-up",
      paramLabel = "<time>",
      defaultValue = "10s",
      converter = OptionValues.Time.class,
      description = "End when no request has been answered for this long (${DEFAULT-VALUE}).")
  private Duration giveUp = Duration.ZERO;

  @Option(
      names = "--threads",
      paramLabel = "<n>",
      converter = OptionValues.Count.class,
      description = "Event loops (a quarter of the processors, at least 1).")
  private Optional<Long> threads = Optional.empty();

  @Option(
      names = "--json",
      paramLabel = "<file>",
      arity = "0..1",
      fallbackValue = JSON_TO_STDOUT,
      description = "Write the result as JSON; without <file> in place of the summary.")
  private Optional<Path> json = Optional.empty();

  /** Checks what the single options cannot. */
  void check(CommandLine command) {
    requireBetween(command, "--conns", conns, 1, CONNS_MAX);
    requireBetween(command, "--clients", clients, 1, CLIENTS_MAX);
    requireBetween(command, "--total", total.orElse(1L), 1, Long.MAX_VALUE);
    requireBetween(command, "--threads", threads.orElse(1L), 1, THREADS_MAX);
    // Written so that NaN fails too.
    if (rate.isPresent() && !(rate.get() > 0 && rate.get() <= RATE_MAX)) {
      throw invalid(
          command, "--rate", rate.get().toString(), "must be above 0 and at most " + RATE_MAX);
    }
    if (duration.isPresent() && duration.get().isZero()) {
      throw invalid(command, "--duration", "0", "must be longer than nothing");
    }
    if (giveUp.isZero()) {
      throw invalid(command, "--give-up", "0", "must be longer than nothing");
    }
    if (conns > clients) {
      throw invalid(
          command, "--conns", Long.toString(conns), "must not be more than --clients, " + clients);
    }
    if (conns < endpoints.size()) {
      throw invalid(
          command,
          "--conns",
          Long.toString(conns),
          "must be at least 1 for each of the " + endpoints.size() + " endpoints");
    }
  }

  List<Endpoint> endpoints() {
    return endpoints;
  }

  int conns() {
    return (int) conns;
  }

  int clients() {
    return (int) clients;
  }

  int threads() {
    // Few, because a benchmark shares its machine with the server more often than not.
    return threads
        .map(Long::intValue)
        .orElse(Math.max(1, Runtime.getRuntime().availableProcessors() / 4));
  }

  Duration warmup() {
    return warmup;
  }

  Optional<Path> json() {
    return json;
  }

  Limits limits() {
    return new Limits(
        total.orElse(duration.isPresent() ? Long.MAX_VALUE : TOTAL_DEFAULT),
        duration.orElse(Limits.UNLIMITED),
        rate.map(OptionalDouble::of).orElse(OptionalDouble.empty()),
        giveUp);
  }

  /** Adds the settings that a reader of a result needs. */
  void describe(Map<String, Object> settings) {
    settings.put("endpoints", endpoints.stream().map(Endpoint::toString).toList());
    settings.put("connections", conns);
    settings.put("clients", clients);
    rate.ifPresent(perSecond -> settings.put("rate", perSecond));
    settings.put("warmupSeconds", warmup.toMillis() / 1e3);
  }
}
