package io.metastore.app.bench;

import java.util.Formatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.AbstractHistogram;

/**
 * A result that is names and figures, some of them in groups: shown as they are.
 *
 * @param headline the line that people read first
 * @param fields in the order to print; a value that is a map is a group
 * @param isClean true when nothing went wrong
 */
record Figures(String headline, Map<String, Object> fields, boolean isClean) implements Result {
  private static final double NANOS_PER_MILLI = 1e6;

  @Override
  public String text() {
    Formatter text = new Formatter(Locale.ROOT);
    text.format("%s%n", headline);
    fields.forEach(
        (name, value) -> {
          if (value instanceof Map<?, ?> group) {
            text.format("%s%s%n", name, group.isEmpty() ? ": none" : "");
            group.forEach((inner, figure) -> text.format("  %-20s %s%n", inner, shown(figure)));
          } else {
            text.format("%-22s %s%n", name, shown(value));
          }
        });
    return text.toString();
  }

  @Override
  public String json() {
    return Json.write(fields) + "\n";
  }

  private static Object shown(Object value) {
    return switch (value) {
      case Double number -> String.format(Locale.ROOT, "%,.3f", number);
      case Long number -> String.format(Locale.ROOT, "%,d", number);
      default -> value;
    };
  }

  /** The mean and the percentiles of times in nanoseconds, in milliseconds. */
  static Map<String, Double> millis(AbstractHistogram nanos) {
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
}
