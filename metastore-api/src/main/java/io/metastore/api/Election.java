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
   * Those who lead, one after the other. One that leads only for a moment may be left out. One
   * thread iterates; any may close.
   */
  public static final class Leaders implements Iterator<KeyValue>, AutoCloseable {
    private final Line line;
    private final Watch watch;
    private Optional<KeyValue> last = Optional.empty();
    private Optional<KeyValue> next;

    private Leaders(Metastore store, Line line) {
      this.line = line;
      RangeResult now = line.front();
      next = now.first();
      watch = store.watch(WatchOptions.of(line.everyone()).from(now.revision() + 1));
    }

    /** Waits for the next leader or the next value that one announces; false after closing. */
    @Override
    public boolean hasNext() {
      while (next.isEmpty() && watch.hasNext()) {
        watch.next();
        next = line.front().first().filter(entry -> !Optional.of(entry).equals(last));
      }
      return next.isPresent();
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
      return campaign(lease, value, true);
    } catch (RuntimeException e) {
      lease.close();
      throw e;
    }
  }

  /**
   * Stands and waits until the election is won, with a lease that is the caller's.
   *
   * @param value what the others shall see
   * @throws RefusedException when the lease ends before that
   */
  public Leadership campaign(Lease lease, String value) {
    return campaign(lease, value, false);
  }

  private Leadership campaign(Lease lease, String value, boolean ownsLease) {
    Line.Place place = line.join(lease, Bytes.of(value));
    try {
      line.awaitFront(place, Long.MAX_VALUE);
      return new Leadership(line, place, ownsLease);
    } catch (RuntimeException e) {
      line.leaveAfter(place, e);
      throw e;
    }
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
