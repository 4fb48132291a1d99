package io.metastore.app.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import picocli.CommandLine;

/**
 * Watches and puts, from opening the streams to the result. Used by the main thread only.
 *
 * @param hold pause when all watches are there
 * @param writers with one put outstanding each
 * @param putRate of all writers together; empty for as fast as acknowledged
 */
record WatchRun(
    String operation,
    RunOptions options,
    WatchPlan plan,
    Duration hold,
    int writers,
    OptionalDouble putRate,
    int valueBytes) {
  private static final long PUTS_DEFAULT = 1000;

  /** What its commands' options are held to together. */
  static void check(
      OptionChecks checks, RunOptions options, WatchPlan plan, ValueSizeOption valueSize) {
    checks.allow(
        options.conns() <= plan.streams(),
        "--conns",
        options.conns(),
        "must not be more than streams, " + plan.streams());
    checks.allow(
        valueSize.bytes() >= Long.BYTES,
        "--val-size",
        valueSize.bytes(),
        "must be at least " + Long.BYTES + ", for a time");
  }

  /** Connects and does all; the exit code. */
  int start(CommandLine command) throws InterruptedException {
    // One more, for the writers: what is measured is the server, not a queue behind events.
    return BenchRun.with(options, options.conns() + 1, command, this::run);
  }

  private int run(BenchRun run) throws IOException, InterruptedException {
    List<? extends Connection> watching = run.connections().subList(0, options.conns());
    List<? extends Connection> writing =
        run.connections().subList(options.conns(), options.conns() + 1);
    long opening = System.nanoTime();
    WatchFleet fleet = WatchFleet.open(plan, watching);
    if (!fleet.awaitCreated(options.giveUp(), run.progress("creating watches"))) {
      throw new IOException("not all watches were created: " + fleet.errors().byText());
    }
    double createSeconds = (System.nanoTime() - opening) / 1e9;
    if (!hold.isZero()) {
      run.say("all %d watches are there".formatted(plan.all()));
      fleet.hold(hold);
    }
    WatchedPuts puts = new WatchedPuts(plan, valueBytes);
    Limits limits = options.limits(putRate, PUTS_DEFAULT);
    if (plan.watchers() == 0) {
      fleet.checkCounts(puts);
      String headline =
          String.format(Locale.ROOT, "%,d watches in %.2f s", plan.all(), createSeconds);
      return run.report(result(headline, fleet, createSeconds, Map.of(), List.of()));
    }
    warmUp(run, fleet, puts, writing, limits);
    fleet.forgetDelays();

    long eventsBefore = fleet.events();
    Duration cpuBefore = ClosedLoop.cpuTime();
    long start = System.nanoTime();
    Outcome written = new ClosedLoop(puts, limits, writing, writers).run(run.progress("puts"));
    boolean all = fleet.awaitEvents(puts.events(), options.giveUp(), run.progress("events"));
    double seconds = Math.max(1, fleet.lastNanos() - start) / 1e9;
    Duration cpu = ClosedLoop.cpuTime().minus(cpuBefore);
    // What still comes after a failure is not looked at: counts must not move while they are read.
    if (all || fleet.errors().total() == 0) {
      fleet.checkCounts(puts);
    }
    long events = fleet.events() - eventsBefore;
    Map<String, Object> measured = new LinkedHashMap<>();
    measured.put("seconds", seconds);
    measured.put("puts", written.succeeded());
    measured.put("putsPerSecond", written.perSecond());
    measured.put("events", events);
    measured.put("eventsPerSecond", events / seconds);
    measured.put("delayMillis", Figures.millis(fleet.delays()));
    measured.put("putLatencyMillis", Figures.millis(written.latencyNanos()));
    measured.put("clientCpuCores", cpu.toNanos() / 1e9 / seconds);
    measured.put("clientCpuMicrosPerEvent", cpu.toNanos() / 1e3 / Math.max(1, events));
    String headline =
        String.format(
            Locale.ROOT,
            "%,.0f events per second, %,.0f puts per second",
            events / seconds,
            written.perSecond());
    return run.report(result(headline, fleet, createSeconds, measured, List.of(written)));
  }

  /**
   * Rounds of no more puts than will be measured, until the time is over: without a rate the server
   * would otherwise be left with a backlog that takes many times the warm-up to deliver.
   */
  private void warmUp(
      BenchRun run,
      WatchFleet fleet,
      WatchedPuts puts,
      List<? extends Connection> writing,
      Limits limits)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + options.warmup().toNanos();
    for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
      Limits round = limits.ending(limits.total(), Duration.ofNanos(left));
      Outcome written = new ClosedLoop(puts, round, writing, writers).run(run.progress("warm-up"));
      boolean all = fleet.awaitEvents(puts.events(), options.giveUp(), run.progress("warm-up"));
      if (!all || !written.isClean()) {
        throw new IOException(
            "warm-up failed: " + written.errors() + ", " + fleet.errors().byText());
      }
    }
  }

  private Figures result(
      String headline,
      WatchFleet fleet,
      double createSeconds,
      Map<String, Object> measured,
      List<Outcome> written) {
    Map<String, Object> settings = new LinkedHashMap<>();
    options.describe(settings);
    settings.put("watchers", plan.watchers());
    settings.put("idleWatchers", plan.idle());
    settings.put("streams", plan.streams());
    settings.put("watchedKeys", plan.watchedKeys());
    settings.put("rangeKeys", plan.blockKeys());
    settings.put("writers", writers);
    putRate.ifPresent(rate -> settings.put("putRate", rate));
    settings.put("valueSize", valueBytes);
    Map<String, Long> errors = new LinkedHashMap<>(fleet.errors().byText());
    for (Outcome outcome : written) {
      errors.putAll(outcome.errors());
      if (outcome.outstanding() > 0) {
        errors.put("put not answered", outcome.outstanding());
      }
    }
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("operation", operation);
    fields.put("settings", settings);
    fields.put("createSeconds", createSeconds);
    fields.putAll(measured);
    fields.put("errors", errors);
    return new Figures(operation + ": " + headline, fields, errors.isEmpty());
  }
}
