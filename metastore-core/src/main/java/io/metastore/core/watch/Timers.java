package io.metastore.core.watch;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * What the hub's thread does by the clock: notices of progress, and looking after clients that take
 * nothing. Belongs to that thread.
 */
final class Timers {
  /** Jitter is up to this part of the interval, so that clients that came together part. */
  private static final int JITTER_PART = 10;

  /** How long the hub sleeps at most. */
  private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private record Due(BufferedStream stream, long atNanos, long intervalNanos) {}

  private final long intervalNanos;
  private final long stalledAfterNanos;
  private final PriorityQueue<Due> notices =
      new PriorityQueue<>(Comparator.comparingLong(due -> due.atNanos() - originNanos()));
  private final Map<BufferedStream, Long> backlogged = new LinkedHashMap<>();
  private long nextLookNanos;
  private final long originNanos = System.nanoTime();

  Timers(WatchOptions options) {
    intervalNanos = options.progressInterval().toNanos();
    stalledAfterNanos = options.stalledAfter().toNanos();
    nextLookNanos = originNanos;
  }

  private long originNanos() {
    return originNanos;
  }

  /** A stream wants notices of progress. */
  void notify(BufferedStream stream) {
    long interval =
        intervalNanos
            + ThreadLocalRandom.current().nextLong(Math.max(1, intervalNanos / JITTER_PART));
    notices.add(new Due(stream, System.nanoTime() + interval, interval));
  }

  /** A stream has something waiting that its client does not take. */
  void lookAfter(BufferedStream stream, long sent) {
    if (backlogged.isEmpty()) {
      nextLookNanos = System.nanoTime() + stalledAfterNanos;
    }
    backlogged.put(stream, sent);
  }

  /** How long until there is something to do. */
  long untilNextNanos() {
    long now = System.nanoTime();
    long wait = IDLE_NANOS;
    Due first = notices.peek();
    if (first != null) {
      wait = Math.min(wait, first.atNanos() - now);
    }
    if (!backlogged.isEmpty()) {
      wait = Math.min(wait, nextLookNanos - now);
    }
    return Math.max(0, wait);
  }

  /**
   * Does what is due.
   *
   * @param position of the hub
   * @param unsync takes watches that are synced no longer
   */
  void run(long position, Consumer<Watch> unsync) {
    if (notices.isEmpty() && backlogged.isEmpty()) {
      return;
    }
    long now = System.nanoTime();
    for (Due due = notices.peek(); due != null && due.atNanos() - now <= 0; due = notices.peek()) {
      notices.remove();
      if (due.stream().progressOfQuiet(position)) {
        notices.add(new Due(due.stream(), now + due.intervalNanos(), due.intervalNanos()));
      }
    }
    if (!backlogged.isEmpty() && nextLookNanos - now <= 0) {
      nextLookNanos = now + stalledAfterNanos;
      look(unsync);
    }
  }

  private void look(Consumer<Watch> unsync) {
    List<Watch> unsynced = new ArrayList<>();
    Iterator<Map.Entry<BufferedStream, Long>> entries = backlogged.entrySet().iterator();
    while (entries.hasNext()) {
      Map.Entry<BufferedStream, Long> entry = entries.next();
      long sent = entry.getKey().lookAfter(entry.getValue(), unsynced);
      if (sent < 0) {
        entries.remove();
      } else {
        entry.setValue(sent);
      }
    }
    unsynced.forEach(unsync);
  }
}
