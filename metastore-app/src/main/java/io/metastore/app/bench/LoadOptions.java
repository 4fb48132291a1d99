package io.metastore.app.bench;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of a load of single requests: how many clients, how fast. */
final class LoadOptions implements CheckedOptions {
  private static final int CLIENTS_MAX = 1_000_000;

  @Mixin private RunOptions run = new RunOptions();

  @Option(
      names = "--clients",
      paramLabel = "<n>",
      defaultValue = "1",
      converter = OptionValues.Count.class,
      description = "Clients, each with one request outstanding (${DEFAULT-VALUE}).")
  private long clients;

  @Option(
      names = "--rate",
      paramLabel = "<n>",
      converter = OptionValues.Rate.class,
      description =
          "Requests per second of all clients together (no limit). Latency then counts from when a"
              + " request was due, so that a stall is charged for all it delayed.")
  private Optional<Double> rate = Optional.empty();

  @Override
  public void check(OptionChecks checks) {
    checks.between("--clients", clients, 1, CLIENTS_MAX);
    checks.rate("--rate", rate);
    run.check(checks);
    checks.allow(
        run.conns() <= clients,
        "--conns",
        run.conns(),
        "must not be more than --clients, " + clients);
  }

  RunOptions run() {
    return run;
  }

  int clients() {
    return (int) clients;
  }

  OptionalDouble rate() {
    return rate.map(OptionalDouble::of).orElse(OptionalDouble.empty());
  }

  /** Adds the settings that a reader of a result needs. */
  void describe(Map<String, Object> settings) {
    settings.put("clients", clients);
    rate.ifPresent(perSecond -> settings.put("rate", perSecond));
  }
}
