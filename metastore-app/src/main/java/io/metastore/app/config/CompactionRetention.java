package io.metastore.app.config;

import io.metastore.app.config.Setting.Refusal;
import java.time.Duration;

/**
 * How much history a leader keeps when it compacts by itself; both zero when it does not.
 *
 * <p>Source: etcd {@code server/embed/etcd.go}, parseCompactionRetention. Where etcd takes a
 * duration for a number of revisions, in nanoseconds, it is refused here.
 *
 * @param period time
 * @param revisions revisions
 */
record CompactionRetention(Duration period, long revisions) {
  /** Ten looks in a period of less than this would be a busy loop. */
  private static final Duration PERIOD_MIN = Duration.ofMillis(1);

  /** As much as fits nanoseconds in 64 bits, like a duration of Go's. */
  private static final long HOURS_MAX = 2_562_047;

  static CompactionRetention parse(CompactionMode mode, String text) throws Refusal {
    return switch (mode) {
      case REVISION -> new CompactionRetention(Duration.ZERO, whole(text, Long.MAX_VALUE));
      case PERIODIC -> new CompactionRetention(period(text), 0);
    };
  }

  private static Duration period(String text) throws Refusal {
    Duration period = text.matches("[0-9]+") ? hours(text) : duration(text);
    if (period.isPositive() && period.compareTo(PERIOD_MIN) < 0) {
      throw new Refusal("must be at least 1ms, or 0 for no compaction");
    }
    return period;
  }

  private static Duration hours(String text) throws Refusal {
    return Duration.ofHours(whole(text, HOURS_MAX));
  }

  private static Duration duration(String text) throws Refusal {
    try {
      return GoDuration.parse(text);
    } catch (Refusal e) {
      throw new Refusal(
          "must be a number of hours or a duration such as 30m or 1h30m, or 0 for no compaction");
    }
  }

  private static long whole(String text, long max) throws Refusal {
    try {
      long number = Long.parseLong(text);
      if (number >= 0 && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Falls through to the refusal, which is the same for a word and for a number out of bounds.
    }
    throw new Refusal("must be a whole number from 0 to " + max);
  }
}
