package io.metastore.raft;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Since when this member has heard of others without a break, as etcd's transport knows it. Who was
 * never silent counts as heard of from the beginning: only the leader hears of all, and a new one
 * must not take them for having been lost.
 *
 * <p>Thread-safe.
 */
final class Connections {
  private final long openedNanos;
  private final long silentMaxMillis;
  // By member, once it came back.
  private final Map<Long, Long> sinceNanos = new ConcurrentHashMap<>();
  private final Map<Long, Boolean> lost = new ConcurrentHashMap<>();

  /**
   * Creates connections of which nothing is known.
   *
   * @param silentMaxMillis how long a member may be silent
   */
  Connections(long nowNanos, long silentMaxMillis) {
    this.openedNanos = nowNanos;
    this.silentMaxMillis = silentMaxMillis;
  }

  /** A member was heard of so long ago. */
  void heard(long member, long silentMillis, long nowNanos) {
    if (silentMillis > silentMaxMillis) {
      lost(member);
    } else if (lost.remove(member) != null) {
      sinceNanos.put(member, nowNanos);
    }
  }

  /** The connection to a member broke. */
  void lost(long member) {
    lost.put(member, true);
  }

  /** Whether a member has been heard of since a moment. */
  boolean since(long member, long nanos) {
    return !lost.containsKey(member) && sinceNanos.getOrDefault(member, openedNanos) - nanos <= 0;
  }

  /** Whether a majority has been heard of since a moment, of which this member is one. */
  boolean majoritySince(Collection<Long> otherVoters, long nanos) {
    long connected = 1 + otherVoters.stream().filter(member -> since(member, nanos)).count();
    return connected > (otherVoters.size() + 1) / 2;
  }
}
