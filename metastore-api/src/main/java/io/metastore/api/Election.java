package io.metastore.api;

import java.time.Duration;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * An election by name: of those who stand, one leads at a time, and who it is can be seen by all.
 * It is the election of etcd's {@code etcdctl elect} and {@code concurrency.Election}, with the
 * same keys.
 *
 * <p>Thread-safe.
 */
public final class Election {
  /** TTL of the lease of a candidate that stands without one, as in etcd. */
  private static final Duration TTL = Duration.ofSeconds(60);

  private final Metastore store;
  private final Line line;

  Election(Metastore store, String name) {
    this.store = store;
    this.line = new Line(store, name);
  }

  /** An election that was won, until it is closed or its lease ends. Thread-safe. */
  public static final class Leadership implements AutoCloseable {
    private final Line line;
    private final Line.Place place;
    private final boolean ownsLease;

    private Leadership(Line line, Line.Place place, boolean ownsLease) {
      this.line = line;
      this.place = place;
      this.ownsLease = ownsLease;
    }

    /** The key that stands for it. */
    public Bytes key() {
      return place.key();
    }

    /** Grows with every leader. */
    public long revision() {
      return place.revision();
    }

    /** A condition for transactions that must not happen after the leadership was lost. */
    public Compare stillLeading() {
      return place.taken();
    }

    /** False when the leadership's lease ended, or may have. */
    public boolean isLeading() {
      return place.lease().isAlive();
    }

    /**
     * Announces another value.
     *
     * @throws RefusedException when the leadership was lost
     */
    public void proclaim(String value) {
      line.update(place, Bytes.of(value));
    }

    /** Resigns. Closing twice is harmless. */
    @Override
    public void close() {
      if (ownsLease) {
        place.lease().close();
      } else {
        line.leave(place);
      }
    }
  }

  /**
   * Those who lead, one after the other. One that leads only for a moment may be left out. It goes
   * on where history that it had yet to see was compacted.
   *
   * <p>One thread iterates; any may close. Both methods of an iterator throw a {@link
   * MetastoreException} where the store cannot be asked who leads; no change is lost by it, the
   * next call asks again. Once the store refuses to be watched, every call throws why.
   */
  public static final class Leaders implements Iterator<KeyValue>, AutoCloseable {
    private final Metastore store;
    private final Line line;
    // Written by the thread that iterates; whoever closes it closes the one it sees here, or the
    // other sees that it is closed.
    private volatile Watch watch;
    private volatile boolean closed;
    private Optional<KeyValue> last = Optional.empty();
    private Optional<KeyValue> next;
    // Whether there may be another leader than when it was last asked for.
    private boolean changed;

    private Leaders(Metastore store, Line line) {
      this.store = store;
      this.line = line;
      RangeResult now = line.front();
      next = now.first();
      watch = watchFrom(now);
    }

    private Watch watchFrom(RangeResult seen) {
      return store.watch(WatchOptions.of(line.everyone()).from(seen.revision() + 1));
    }

    /** Waits for the next leader or the next value that one announces; false after closing. */
    @Override
    public boolean hasNext() {
      while (next.isEmpty()) {
        if (changed) {
          look(line.front());
        } else if (watch.hasNext()) {
          watch.next();
          changed = true;
        } else if (!goesOn()) {
          return false;
        }
      }
      return true;
    }

    private void look(RangeResult now) {
      next = now.first().filter(entry -> !Optional.of(entry).equals(last));
      changed = false;
    }

    /** Goes on behind what was compacted; false when it was closed. */
    private boolean goesOn() {
      return switch (watch.outcome().orElseThrow()) {
        case WatchOutcome.Closed closing -> false;
        case WatchOutcome.Failed(MetastoreException cause) -> throw cause;
        case WatchOutcome.Compacted compacted -> {
          RangeResult now = line.front();
          watch.close();
          watch = watchFrom(now);
          if (closed) {
            watch.close();
          }
          look(now);
          yield true;
        }
      };
    }

    @Override
    public KeyValue next() {
      if (!hasNext()) {
        throw new NoSuchElementException("no more leaders: " + watch.outcome());
      }
      last = next;
      next = Optional.empty();
      return last.orElseThrow();
    }

    /** Ends it. Closing twice is harmless. */
    @Override
    public void close() {
      closed = true;
      watch.close();
    }
  }

  /**
   * Stands and waits until the election is won, with a lease of its own.
   *
   * @param value what the others shall see
   */
  public Leadership campaign(String value) {
    Lease lease = store.lease(TTL);
    try {
      return campaign(lease, value, Long.MAX_VALUE, true).orElseThrow();
    } catch (RuntimeException e) {
      lease.close();
      throw e;
    }
  }

  /**
   * Stands and waits until the election is won, with a lease that is the caller's.
   *
   * @param value what the others shall see
   * @throws RefusedException when the lease ends before that, or its key is deleted
   */
  public Leadership campaign(Lease lease, String value) {
    return campaign(lease, value, Long.MAX_VALUE, false).orElseThrow();
  }

  /**
   * Stands and waits for some time until the election is won; zero wins it only if nobody leads.
   *
   * @param value what the others shall see
   * @return empty when the time is over before that; it stands no more
   * @throws RefusedException when the lease ends before that, or its key is deleted
   */
  public Optional<Leadership> tryCampaign(Lease lease, String value, Duration timeout) {
    return campaign(lease, value, timeout.toNanos(), false);
  }

  private Optional<Leadership> campaign(Lease lease, String value, long nanos, boolean ownsLease) {
    Line.Place place = line.join(lease, Bytes.of(value));
    try {
      if (line.awaitFront(place, nanos)) {
        return Optional.of(new Leadership(line, place, ownsLease));
      }
    } catch (RuntimeException e) {
      line.giveUpAfter(place, e);
      throw e;
    }
    line.giveUp(place);
    return Optional.empty();
  }

  /** Who leads, as the entry with the value that it announced; empty when nobody does. */
  public Optional<KeyValue> leader() {
    return line.front().first();
  }

  /** Sees who leads now, and then every change of it. */
  public Leaders observe() {
    return new Leaders(store, line);
  }
}
