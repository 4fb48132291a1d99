package io.metastore.app.bench;

import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Failed requests, counted by text. Safe for use from any thread. */
final class ErrorCounts {
  /** Distinct texts kept; a server that puts a number in each text must not fill the heap. */
  static final int TEXTS_MAX = 100;

  static final String OTHERS = "(other errors)";

  private final ConcurrentHashMap<String, LongAdder> counts = new ConcurrentHashMap<>();

  void add(String text) {
    add(text, 1);
  }

  /** Counts {@code times} failures of one text. */
  void add(String text, long times) {
    // Two threads may pass the limit together: it bounds memory and need not be exact.
    String counted = counts.size() < TEXTS_MAX || counts.containsKey(text) ? text : OTHERS;
    counts.computeIfAbsent(counted, absent -> new LongAdder()).add(times);
  }

  long total() {
    return counts.values().stream().mapToLong(LongAdder::sum).sum();
  }

  /** The counts so far, in the order of their texts. */
  SortedMap<String, Long> byText() {
    SortedMap<String, Long> sums = new TreeMap<>();
    counts.forEach((text, count) -> sums.put(text, count.sum()));
    return sums;
  }
}
