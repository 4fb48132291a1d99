package io.metastore.app.bench;

import java.util.Formatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.AbstractHistogram;

/**
 * A run's result for people and for programs.
 *
 * @param settings what was asked for, in the order to print
 */
record Report(String operation, Map<String, Object> settings, Outcome outcome) {
  private static final double NANOS_PER_MILLI = 1e6;

  /** Several lines, the last one ended. */
  String text() {
    Formatter text = new Formatter(Locale.ROOT);
    text.format(
        "%s: %,d requests in %.2f s, %,.0f per second%n",
        operation, outcome.succeeded(), seconds(), outcome.perSecond());
    settings.forEach((name, value) -> text.format("  %-15s %s%n", name, value));
    text.format("latency in milliseconds%n");
    latencyMillis().forEach((name, value) -> text.format("  %-15s %.3f%n", name, value));
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

  /** One JSON object and a line end. */
  String json() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("operation", operation);
    fields.put("settings", settings);
    fields.put("succeeded", outcome.succeeded());
    fields.put("failed", outcome.failed());
    fields.put("outstanding", outcome.outstanding());
    fields.put("seconds", seconds());
    fields.put("perSecond", outcome.perSecond());
    fields.put("latencyMillis", latencyMillis());
    fields.put("clientCpuCores", cores());
    fields.put("errors", outcome.errors());
    return Json.write(fields) + "\n";
  }

  private Map<String, Double> latencyMillis() {
    AbstractHistogram nanos = outcome.latencyNanos();
    Map<String, Double> millis = new LinkedHashMap<>();
    millis.put("mean", nanos.getMean() / NANOS_PER_MILLI);
    millis.put("p50", percentile(nanos, 50));
    millis.put("p90", percentile(nanos, 90));
    millis.put("p99", percentile(nanos, 99));
    millis.put("p99.9", percentile(nanos, 99.9));
    millis.put("max", nanos.getMaxValue() / NANOS_PER_MILLI);
    return millis;
  }

  private static double percentile(AbstractHistogram nanos, double percentile) {
    return nanos.getValueAtPercentile(percentile) / NANOS_PER_MILLI;
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
