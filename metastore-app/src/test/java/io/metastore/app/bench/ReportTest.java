package io.metastore.app.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.AtomicHistogram;
import org.junit.jupiter.api.Test;

final class ReportTest {
  private static Outcome oneToThousandMillis() {
    AtomicHistogram nanos = new AtomicHistogram(1_000, 600_000_000_000L, 3);
    for (int millis = 1; millis <= 1000; millis++) {
      nanos.recordValue(millis * 1_000_000L);
    }
    return new Outcome(nanos, new TreeMap<>(), Duration.ofSeconds(4), Duration.ofMillis(480), 0);
  }

  @Test
  void throughputIsSuccessesOverTime() {
    assertEquals(250, oneToThousandMillis().perSecond());
  }

  @Test
  void percentilesAreInMilliseconds() {
    String text = new Report("put", Map.of(), oneToThousandMillis()).text();
    assertLine(text, "p50", 500);
    assertLine(text, "p90", 900);
    assertLine(text, "p99", 990);
    assertLine(text, "p99.9", 999);
    assertLine(text, "max", 1000);
    assertLine(text, "mean", 500.5);
    assertTrue(text.contains("0.12 cores, 480.0 µs per request"), text);
  }

  /** The histogram keeps three digits, so a value may be off by one in a thousand. */
  private static void assertLine(String text, String name, double millis) {
    double shown =
        text.lines()
            .map(String::strip)
            .filter(line -> line.startsWith(name + " "))
            .mapToDouble(line -> Double.parseDouble(line.substring(name.length()).strip()))
            .findFirst()
            .orElseThrow(() -> new AssertionError(name + " not in " + text));
    assertEquals(millis, shown, millis / 1000);
  }

  @Test
  void aRunWithoutSuccessesHasNoDivisionByZero() {
    Outcome none =
        new Outcome(
            new AtomicHistogram(1_000, 600_000_000_000L, 3),
            new TreeMap<>(Map.of("UNAVAILABLE: gone", 3L)),
            Duration.ZERO,
            Duration.ZERO,
            2);
    String json = new Report("range", Map.of(), none).json();
    assertTrue(json.contains("\"perSecond\": 0.0"), json);
    assertTrue(json.contains("\"errors\": {\"UNAVAILABLE: gone\": 3}"), json);
    assertTrue(!none.isClean());
  }

  @Test
  void jsonEscapesWhatItMust() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("quote\"", "back\\slash\nline\u0001");
    fields.put("list", List.of(1, true, Double.NaN));
    assertEquals(
        "{\"quote\\\"\": \"back\\\\slash\\u000aline\\u0001\", \"list\": [1, true, null]}",
        Json.write(fields));
  }

  @Test
  void errorTextsAreBounded() {
    ErrorCounts errors = new ErrorCounts();
    for (int i = 0; i < 1000; i++) {
      errors.add("error " + i);
    }
    assertEquals(ErrorCounts.TEXTS_MAX + 1, errors.byText().size());
    assertEquals(1000 - ErrorCounts.TEXTS_MAX, errors.byText().get(ErrorCounts.OTHERS));
    assertEquals(1000, errors.total());
  }
}
