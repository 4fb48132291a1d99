package io.metastore.raft;

import io.metastore.core.quota.Quota;
import java.time.Duration;

/**
 * How a node keeps its store's size in bounds.
 *
 * @param compactionPeriod how much history the leader keeps when it compacts by itself, zero for
 *     not doing so
 * @param compactionRevisions how many revisions the leader keeps when it compacts by itself, 0 for
 *     not doing so; one of the two at most
 * @param quotaBytes size of the store at which the NOSPACE alarm is raised; 0 for 2 GiB, negative
 *     for none
 * @param disarmNoSpace whether a member ends its own NOSPACE alarm when there is room again
 */
public record UpkeepOptions(
    Duration compactionPeriod, long compactionRevisions, long quotaBytes, boolean disarmNoSpace) {
  public UpkeepOptions {
    if (compactionPeriod.isNegative()
        || compactionRevisions < 0
        || (compactionPeriod.isPositive() && compactionRevisions > 0)) {
      throw new IllegalArgumentException(
          "compaction by " + compactionPeriod + " and by " + compactionRevisions + " revisions");
    }
  }

  /** Compacts when it is told to and grows until the disk is full. */
  public static UpkeepOptions none() {
    return new UpkeepOptions(Duration.ZERO, 0, Quota.UNLIMITED, false);
  }
}
