package io.metastore.core.compact;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * Keeps a number of revisions: every five minutes the store is compacted at what is that far back.
 *
 * <p>Source: etcd {@code server/etcdserver/api/v3compactor/revision.go}.
 */
public final class RevisionCompaction implements AutoCompaction {
  private static final Duration INTERVAL = Duration.ofMinutes(5);

  private final long retention;
  private long lastRevision;

  /**
   * Starts a policy.
   *
   * @param retention how many revisions to keep, more than 0
   */
  public RevisionCompaction(long retention) {
    this.retention = retention;
  }

  @Override
  public Duration interval() {
    return INTERVAL;
  }

  @Override
  public OptionalLong tick(long revision, boolean leader, long nowNanos) {
    long candidate = revision - retention;
    return leader && candidate > 0 && candidate != lastRevision
        ? OptionalLong.of(candidate)
        : OptionalLong.empty();
  }

  @Override
  public void compacted(long revision, long nowNanos) {
    lastRevision = revision;
  }
}
