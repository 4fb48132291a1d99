package io.metastore.app.bench;

import java.time.Duration;
import picocli.CommandLine.Option;

/** Options that say who watches what. */
final class WatchOptions implements CheckedOptions {
  private static final int WATCHERS_MAX = 10_000_000;

  @Option(
      names = "--watchers",
      paramLabel = "<n>",
      defaultValue = "1000",
      converter = OptionValues.Count.class,
      description = "Watchers that get events (${DEFAULT-VALUE}).")
  private long watchers;

  @Option(
      names = "--idle-watchers",
      paramLabel = "<n>",
      defaultValue = "0",
      converter = OptionValues.Count.class,
      description = "More watchers, each of a key of its own that nobody puts (${DEFAULT-VALUE}).")
  private long idle;

  @Option(
      names = "--streams",
      paramLabel = "<n>",
      defaultValue = "10",
      converter = OptionValues.Count.class,
      description = "Streams, which take turns at the watchers and connections (${DEFAULT-VALUE}).")
  private long streams;

  @Option(
      names = "--watched-keys",
      paramLabel = "<n>",
      defaultValue = "1",
      converter = OptionValues.Count.class,
      description =
          "Keys that are put, in turns, and that watchers take turns at (${DEFAULT-VALUE}): with 1"
              + " all watch one key, with as many as watchers each its own.")
  private long watchedKeys;

  @Option(
      names = "--range-keys",
      paramLabel = "<n>",
      defaultValue = "1",
      converter = OptionValues.Count.class,
      description =
          "Watch ranges of this many of the watched keys, side by side (${DEFAULT-VALUE}).")
  private long rangeKeys;

  @Option(
      names = "--hold",
      paramLabel = "<time>",
      defaultValue = "0s",
      converter = OptionValues.Time.class,
      description =
          "When all watches are there, say so on standard error and wait this long, to look at the"
              + " server's memory (${DEFAULT-VALUE}).")
  private Duration hold = Duration.ZERO;

  @Override
  public void check(OptionChecks checks) {
    checks.between("--watchers", watchers, 0, WATCHERS_MAX);
    checks.between("--idle-watchers", idle, 0, WATCHERS_MAX);
    checks.allow(watchers + idle > 0, "--watchers", watchers, "leaves nobody who watches");
    checks.between("--streams", streams, 1, watchers + idle);
    checks.between("--watched-keys", watchedKeys, 1, WATCHERS_MAX);
    checks.between("--range-keys", rangeKeys, 1, watchedKeys);
    checks.allow(
        watchedKeys % rangeKeys == 0,
        "--range-keys",
        rangeKeys,
        "must divide --watched-keys, " + watchedKeys);
  }

  WatchPlan plan() {
    return new WatchPlan(
        (int) watchers, (int) idle, (int) streams, (int) watchedKeys, (int) rangeKeys);
  }

  Duration hold() {
    return hold;
  }
}
