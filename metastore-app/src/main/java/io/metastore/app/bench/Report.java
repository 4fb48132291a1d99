package io.metastore.app.bench;

import java.util.Formatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A run's result for people and for programs.
 *
 * @param settings what was asked for, in the order to print
 */
record Report(String operation, Map<String, Object> settings, Outcome outcome) implements Result {
  @Override
  public boolean isClean() {
    return outcome.isClean();
  }

  @Override
  public String text() {
    Formatter text = new Formatter(Locale.ROOT);
    text.format(
        "%s: %,d requests in %.2f s, %,.0f per second%n",
        operation, outcome.succeeded(), seconds(), outcome.perSecond());
    settings.forEach((name, value) -> text.format("  %-15s %s%n", name, value));
    text.format("latency in milliseconds%n");
    Figures.millis(outcome.latencyNanos())
        .forEach((name, value) -> text.format("  %-15s %.3f%n", name, value));
    text.format("client CPU        %.2f cores, %.1f µs per request%n", cores(), cpuMicros());
    if (outcome.outstanding() > 0) {
      text.format("gave up with %,d requests not answered%n", outcome.outstanding());
    }
    if (outcome.errors().isEmpty()) {
      text.format("no errors%n");
    } else {
      text.format("%,d errors%n", outcome.failed());
      outcome.errors().forEach((error, count) -> text.format("  %,9d  %s%n", count, error));
    }
    return text.toString();
  }

  @Override
  public String json() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("operation", operation);
    fields.put("settings", settings);
    fields.put("succeeded", outcome.succeeded());
    fields.put("failed", outcome.failed());
    fields.put("outstanding", outcome.outstanding());
    fields.put("seconds", seconds());
    fields.put("perSecond", outcome.perSecond());
    fields.put("latencyMillis", Figures.millis(outcome.latencyNanos()));
    fields.put("clientCpuCores", cores());
    fields.put("errors", outcome.errors());
    return Json.write(fields) + "\n";
  }

  private double seconds() {
    return outcome.elapsed().toNanos() / 1e9;
  }

  private double cores() {
    return outcome.elapsed().isZero() ? 0 : outcome.cpu().toNanos() / 1e9 / seconds();
  }

  private double cpuMicros() {
    return outcome.succeeded() == 0 ? 0 : outcome.cpu().toNanos() / 1e3 / outcome.succeeded();
  }
}
