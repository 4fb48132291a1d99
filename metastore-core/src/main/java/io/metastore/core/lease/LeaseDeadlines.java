package io.metastore.core.lease;

import io.metastore.core.mvcc.LeaseRecord;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The deadlines of all leases during one leadership.
 *
 * <p>A renewal only moves the deadline in the lease: its place in the queue of what is due stays,
 * and is corrected when it comes up. So a renewal costs the same however many leases there are:
 *
 * <pre>
 *   0 s  granted, TTL 10       deadline 10   queued at 10
 *   7 s  renewed               deadline 17   queued at 10
 *  10 s  comes up, not over    deadline 17   queued at 17
 *  17 s  comes up, is over     expired: no renewal succeeds from here on
 * </pre>
 *
 * <p>Thread-safe; no call holds the lock for longer than its limit of leases takes. Times are
 * nanoseconds of the caller's clock, which starts near 0.
 */
final class LeaseDeadlines {
  private static final class Lease {
    final long id;
    final long ttlSeconds;
    // All guarded by the lock.
    long deadline;
    boolean expired;
    boolean checkpointed;
    long checkpointSequence;
    final CompletableFuture<Void> over = new CompletableFuture<>();

    Lease(long id, long ttlSeconds, long deadline) {
      this.id = id;
      this.ttlSeconds = ttlSeconds;
      this.deadline = deadline;
    }
  }

  private record Due(Lease lease, long at) {}

  /**
   * What is left of a lease.
   *
   * @param id the lease
   * @param seconds at most what it was granted, never more than is left
   */
  record Remaining(long id, long seconds) {}

  private final long checkpointNanos;
  private final ReentrantLock lock = new ReentrantLock();
  // Guarded by lock, as are all fields below.
  private final Map<Long, Lease> leases = new HashMap<>();
  private final PriorityQueue<Due> due = new PriorityQueue<>(Comparator.comparingLong(Due::at));
  private final PriorityQueue<Due> checkpoints =
      new PriorityQueue<>(Comparator.comparingLong(Due::at));
  private final Set<Long> revokedWhileLoading = new HashSet<>();
  private boolean loading = true;
  private boolean ended;

  /**
   * Starts without leases.
   *
   * @param checkpointNanos time between checkpoints of a lease, 0 for none
   */
  LeaseDeadlines(long checkpointNanos) {
    this.checkpointNanos = checkpointNanos;
  }

  /** Takes over leases that were granted before. What happened to them meanwhile counts more. */
  void load(List<LeaseRecord> records, long now, long extensionNanos) {
    lock.lock();
    try {
      for (LeaseRecord record : records) {
        if (!leases.containsKey(record.id()) && !revokedWhileLoading.contains(record.id())) {
          long toLive = saturatedSum(nanos(record.toLiveSeconds()), extensionNanos);
          Lease lease = add(record.id(), record.ttlSeconds(), now, toLive);
          lease.checkpointed = record.remainingSeconds() > 0;
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** There is nothing more to {@link #load}. */
  void loaded() {
    lock.lock();
    try {
      loading = false;
      revokedWhileLoading.clear();
    } finally {
      lock.unlock();
    }
  }

  /** A lease was granted. */
  void granted(long id, long ttlSeconds, long now) {
    lock.lock();
    try {
      if (!leases.containsKey(id)) {
        add(id, ttlSeconds, now, nanos(ttlSeconds));
      }
    } finally {
      lock.unlock();
    }
  }

  private Lease add(long id, long ttlSeconds, long now, long toLiveNanos) {
    Lease lease = new Lease(id, ttlSeconds, saturatedSum(now, toLiveNanos));
    leases.put(id, lease);
    due.add(new Due(lease, lease.deadline));
    if (checkpointNanos > 0 && nanos(ttlSeconds) > checkpointNanos) {
      checkpoints.add(new Due(lease, saturatedSum(now, checkpointNanos)));
    }
    return lease;
  }

  /** A lease was revoked. */
  void revoked(long id) {
    Lease lease;
    lock.lock();
    try {
      lease = leases.remove(id);
      if (loading) {
        revokedWhileLoading.add(id);
      }
    } finally {
      lock.unlock();
    }
    if (lease != null) {
      // Outside of the lock: whoever waited goes on from here.
      lease.over.complete(null);
    }
  }

  /** Tries to renew a lease. */
  Renewal renew(long id, long now) {
    lock.lock();
    try {
      Lease lease = leases.get(id);
      if (lease == null) {
        return new Renewal.Unknown();
      }
      if (ended || lease.expired || lease.deadline <= now) {
        return new Renewal.Expired(lease.over);
      }
      if (lease.checkpointed) {
        return new Renewal.Checkpointed(lease.checkpointSequence);
      }
      // Never earlier: its place in the queue could only move back.
      lease.deadline = Math.max(lease.deadline, saturatedSum(now, nanos(lease.ttlSeconds)));
      return new Renewal.Renewed(lease.ttlSeconds);
    } finally {
      lock.unlock();
    }
  }

  /** The log no longer holds a remaining TTL, unless there was another checkpoint since. */
  void uncheckpointed(long id, long sequence) {
    lock.lock();
    try {
      Lease lease = leases.get(id);
      if (lease != null && lease.checkpointSequence == sequence) {
        lease.checkpointed = false;
      }
    } finally {
      lock.unlock();
    }
  }

  /** What is left of a lease, cut to seconds; empty when there is none. */
  OptionalLong remainingSeconds(long id, long now) {
    lock.lock();
    try {
      Lease lease = leases.get(id);
      return lease == null
          ? OptionalLong.empty()
          : OptionalLong.of(TimeUnit.NANOSECONDS.toSeconds(lease.deadline - now));
    } finally {
      lock.unlock();
    }
  }

  /** All leases, the one that ends first first. */
  List<Long> ids() {
    record End(long id, long deadline) {}
    List<End> ends = new ArrayList<>();
    lock.lock();
    try {
      leases.values().forEach(lease -> ends.add(new End(lease.id, lease.deadline)));
    } finally {
      lock.unlock();
    }
    ends.sort(Comparator.comparingLong(End::deadline).thenComparingLong(End::id));
    return ends.stream().map(End::id).toList();
  }

  /** True when {@link #takeExpired} may have something to take. */
  boolean isAnyDue(long now) {
    lock.lock();
    try {
      return !due.isEmpty() && due.peek().at() <= now;
    } finally {
      lock.unlock();
    }
  }

  /** How many leases there are. */
  int size() {
    lock.lock();
    try {
      return leases.size();
    } finally {
      lock.unlock();
    }
  }

  /** Takes leases that are over, to be revoked; each comes once, unless it is {@link #retry}ed. */
  List<Long> takeExpired(long now, int max) {
    List<Long> expired = new ArrayList<>();
    lock.lock();
    try {
      while (expired.size() < max && !due.isEmpty() && due.peek().at() <= now) {
        Lease lease = due.remove().lease();
        if (leases.get(lease.id) != lease) {
          continue; // Revoked since.
        }
        if (lease.deadline > now) {
          due.add(new Due(lease, lease.deadline));
        } else {
          lease.expired = true;
          expired.add(lease.id);
        }
      }
    } finally {
      lock.unlock();
    }
    return expired;
  }

  /** A lease that was over could not be revoked: it comes again at the given time. */
  void retry(long id, long at) {
    lock.lock();
    try {
      Lease lease = leases.get(id);
      if (lease != null) {
        due.add(new Due(lease, at));
      }
    } finally {
      lock.unlock();
    }
  }

  /** Takes leases whose remaining TTL is to be noted in the log; the caller does so. */
  List<Remaining> takeCheckpoints(long now, int max) {
    List<Remaining> taken = new ArrayList<>();
    lock.lock();
    try {
      while (taken.size() < max && !checkpoints.isEmpty() && checkpoints.peek().at() <= now) {
        Lease lease = checkpoints.remove().lease();
        long left = lease.deadline - now;
        if (leases.get(lease.id) != lease || left <= 0) {
          continue;
        }
        checkpoints.add(new Due(lease, saturatedSum(now, checkpointNanos)));
        long seconds = left / nanos(1) + (left % nanos(1) == 0 ? 0 : 1);
        if (seconds < lease.ttlSeconds) {
          // From here on, because nobody knows when the log has it.
          lease.checkpointed = true;
          lease.checkpointSequence++;
          taken.add(new Remaining(lease.id, seconds));
        }
      }
    } finally {
      lock.unlock();
    }
    return taken;
  }

  /** The leadership is over: nothing is renewed any more, and nobody waits any longer. */
  void end() {
    List<Lease> all;
    lock.lock();
    try {
      ended = true;
      all = List.copyOf(leases.values());
    } finally {
      lock.unlock();
    }
    all.forEach(lease -> lease.over.complete(null));
  }

  private static long nanos(long seconds) {
    return TimeUnit.SECONDS.toNanos(seconds);
  }

  /** Of two that are not negative. */
  private static long saturatedSum(long a, long b) {
    long sum = a + b;
    return sum < 0 ? Long.MAX_VALUE : sum;
  }
}
