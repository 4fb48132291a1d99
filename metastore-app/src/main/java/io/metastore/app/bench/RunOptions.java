package io.metastore.app.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of every measurement: where to, how long, where the result goes. */
final class RunOptions implements CheckedOptions {
  static final String JSON_TO_STDOUT = "-";
  private static final long TOTAL_DEFAULT = 100_000;
  private static final int CONNS_MAX = 20_000;
  private static final int THREADS_MAX = 256;

  @Mixin private EndpointsOption endpoints = new EndpointsOption();

  @Option(
      names = "--conns",
      paramLabel = "<n>",
      defaultValue = "1",
      converter = OptionValues.Count.class,
      description = "Connections, shared by all that uses them (${DEFAULT-VALUE}).")
  private long conns;

  @Option(
      names = "--total",
      paramLabel = "<n>",
      converter = OptionValues.Count.class,
      description =
          "Requests to measure (100000, with watches 1000 puts; no limit with --duration).")
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
      names = "--give-up",
      paramLabel = "<time>",
      defaultValue = "10s",
      converter = OptionValues.Time.class,
      description = "End when the server has been silent for this long (${DEFAULT-VALUE}).")
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

  @Override
  public void check(OptionChecks checks) {
    checks.between("--conns", conns, 1, CONNS_MAX);
    checks.between("--total", total.orElse(1L), 1, Long.MAX_VALUE);
    checks.between("--threads", threads.orElse(1L), 1, THREADS_MAX);
    checks.longerThanNothing("--duration", duration.orElse(Limits.UNLIMITED));
    checks.longerThanNothing("--give-up", giveUp);
    int servers = endpoints.list().size();
    checks.allow(
        conns >= servers,
        "--conns",
        conns,
        "must be at least 1 for each of the " + servers + " endpoints");
  }

  List<Endpoint> endpoints() {
    return endpoints.list();
  }

  int conns() {
    return (int) conns;
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

  Duration giveUp() {
    return giveUp;
  }

  Optional<Path> json() {
    return json;
  }

  /** When a measurement ends, at this rate. */
  Limits limits(OptionalDouble perSecond) {
    return limits(perSecond, TOTAL_DEFAULT);
  }

  /** The same with another total than the usual when neither total nor duration is given. */
  Limits limits(OptionalDouble perSecond, long totalDefault) {
    return new Limits(
        total.orElse(duration.isPresent() ? Long.MAX_VALUE : totalDefault),
        duration.orElse(Limits.UNLIMITED),
        perSecond,
        giveUp);
  }

  /** Adds the settings that a reader of a result needs. */
  void describe(Map<String, Object> settings) {
    settings.put("endpoints", endpoints().stream().map(Endpoint::toString).toList());
    settings.put("connections", conns);
    settings.put("warmupSeconds", warmup.toMillis() / 1e3);
  }
}
