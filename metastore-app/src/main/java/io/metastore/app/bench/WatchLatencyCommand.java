package io.metastore.app.bench;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code metastore bench watch-latency}. */
@Command(
    name = "watch-latency",
    description = {
      "How late events are when there is little to do: few watchers, each with its own stream, of"
          + " one key that one writer puts at a fixed rate.",
      "The time counts from the put's being sent, by this process, to the event's arrival.",
    },
    sortOptions = false,
    usageHelpAutoWidth = true)
final class WatchLatencyCommand extends CheckedCommand {
  private static final int WATCHERS_MAX = 100_000;

  @Mixin private RunOptions options = new RunOptions();
  @Mixin private ValueSizeOption valueSize = new ValueSizeOption();

  @Option(
      names = "--watchers",
      paramLabel = "<n>",
      defaultValue = "10",
      converter = OptionValues.Count.class,
      description = "Watchers (${DEFAULT-VALUE}).")
  private long watchers;

  @Option(
      names = "--put-rate",
      paramLabel = "<n>",
      defaultValue = "100",
      converter = OptionValues.Rate.class,
      description = "Puts per second (${DEFAULT-VALUE}).")
  private double putRate;

  @Override
  public void check(OptionChecks checks) {
    checks.between("--watchers", watchers, 1, WATCHERS_MAX);
    checks.rate("--put-rate", Optional.of(putRate));
    WatchRun.check(checks, options, plan(), valueSize);
  }

  private WatchPlan plan() {
    return new WatchPlan((int) watchers, 0, (int) watchers, 1, 1);
  }

  @Override
  int run() throws InterruptedException {
    return new WatchRun(
            "watch-latency",
            options,
            plan(),
            Duration.ZERO,
            1,
            OptionalDouble.of(putRate),
            valueSize.bytes())
        .start(command());
  }
}
