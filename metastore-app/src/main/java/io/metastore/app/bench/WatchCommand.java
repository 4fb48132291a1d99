package io.metastore.app.bench;

import java.util.Optional;
import java.util.OptionalDouble;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code metastore bench watch}. */
@Command(
    name = "watch",
    description = {
      "Watch keys and put them: events per second, and how late they are.",
      "An event's delay is the time from its put's being sent, by this process, to its arrival.",
      "Every watcher must get every event once, in order; the run lasts until it has.",
    },
    sortOptions = false,
    usageHelpAutoWidth = true)
final class WatchCommand extends CheckedCommand {
  private static final int WRITERS_MAX = 100_000;

  @Mixin private RunOptions options = new RunOptions();
  @Mixin private WatchOptions watches = new WatchOptions();
  @Mixin private ValueSizeOption valueSize = new ValueSizeOption();

  @Option(
      names = "--writers",
      paramLabel = "<n>",
      defaultValue = "1",
      converter = OptionValues.Count.class,
      description =
          "Clients that put, each with one put outstanding, on a connection of their own"
              + " (${DEFAULT-VALUE}).")
  private long writers;

  @Option(
      names = "--put-rate",
      paramLabel = "<n>",
      converter = OptionValues.Rate.class,
      description = "Puts per second of all writers together (as fast as acknowledged).")
  private Optional<Double> putRate = Optional.empty();

  @Override
  public void check(OptionChecks checks) {
    checks.between("--writers", writers, 1, WRITERS_MAX);
    checks.rate("--put-rate", putRate);
    WatchRun.check(checks, options, watches.plan(), valueSize);
  }

  @Override
  int run() throws InterruptedException {
    OptionalDouble rate = putRate.map(OptionalDouble::of).orElse(OptionalDouble.empty());
    return new WatchRun(
            "watch",
            options,
            watches.plan(),
            watches.hold(),
            (int) writers,
            rate,
            valueSize.bytes())
        .start(command());
  }
}
