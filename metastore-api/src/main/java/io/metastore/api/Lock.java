package io.metastore.api;

import java.time.Duration;
import java.util.Optional;

/**
 * A lock by name, held by one at a time wherever they run. Whoever came first gets it first. It is
 * the lock of etcd's {@code etcdctl lock} and {@code concurrency.Mutex}, with the same keys.
 *
 * <pre>{@code
 * try (Lock.Held held = store.lock("/jobs/nightly").acquire()) {
 *   store.txn(Txn.when(held.stillHeld()).then(Put.of("/jobs/last", "done")));
 * }
 * }</pre>
 *
 * <p>A holder that is cut off from the store loses the lock when its lease ends and may learn of it
 * late: let what must not happen twice depend on {@link Held#stillHeld()} or carry {@link
 * Held#revision()}.
 *
 * <p>Thread-safe. It is not bound to a thread and not reentrant: two acquisitions with one lease
 * are the same, of which the first stands in line. The others wait with it and lose the place when
 * the first gives up or any of them releases the lock.
 */
public final class Lock {
  /** TTL of the lease of a lock that is taken without one, as in etcd. */
  private static final Duration TTL = Duration.ofSeconds(60);

  private final Line line;
  private final Metastore store;

  Lock(Metastore store, String name) {
    this.store = store;
    this.line = new Line(store, name);
  }

  /** The lock while it is held. Thread-safe. */
  public static final class Held implements AutoCloseable {
    private final Line line;
    private final Line.Place place;
    private final boolean ownsLease;

    private Held(Line line, Line.Place place, boolean ownsLease) {
      this.line = line;
      this.place = place;
      this.ownsLease = ownsLease;
    }

    /** The key that stands for it. */
    public Bytes key() {
      return place.key();
    }

    /** Grows with every holder: what carries it can be told from what an earlier one sent. */
    public long revision() {
      return place.revision();
    }

    /** A condition for transactions that must not happen after the lock was lost. */
    public Compare stillHeld() {
      return place.taken();
    }

    /** False when the lock's lease ended, or may have. */
    public boolean isHeld() {
      return place.lease().isAlive();
    }

    /** Releases it. Closing twice is harmless. */
    @Override
    public void close() {
      if (ownsLease) {
        place.lease().close();
      } else {
        line.leave(place);
      }
    }
  }

  /** Waits for the lock, with a lease of its own. */
  public Held acquire() {
    Lease lease = store.lease(TTL);
    try {
      return acquire(lease, Long.MAX_VALUE, true).orElseThrow();
    } catch (RuntimeException e) {
      lease.close();
      throw e;
    }
  }

  /**
   * Waits for the lock, with a lease that is the caller's: the lock is lost when it ends.
   *
   * @throws RefusedException when the lease ends before that, or the place in line is lost
   */
  public Held acquire(Lease lease) {
    return acquire(lease, Long.MAX_VALUE, false).orElseThrow();
  }

  /**
   * Waits for the lock for some time; zero takes it only if nobody has it.
   *
   * @return empty when the time is over before that
   * @throws RefusedException when the lease ends before that, or the place in line is lost
   */
  public Optional<Held> tryAcquire(Lease lease, Duration timeout) {
    return acquire(lease, timeout.toNanos(), false);
  }

  private Optional<Held> acquire(Lease lease, long nanos, boolean ownsLease) {
    Line.Place place = line.join(lease, Bytes.EMPTY);
    try {
      if (line.awaitFront(place, nanos)) {
        return Optional.of(new Held(line, place, ownsLease));
      }
    } catch (RuntimeException e) {
      line.giveUpAfter(place, e);
      throw e;
    }
    line.giveUp(place);
    return Optional.empty();
  }
}
