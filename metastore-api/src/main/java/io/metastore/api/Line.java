package io.metastore.api;

import io.metastore.api.Range.Revisions;
import io.metastore.api.Range.SortBy;
import java.time.Duration;
import java.util.Optional;

/**
 * Those who wait for one name, in the order in which they came: each has a key below the name,
 * {@code name/<lease in hex>}, and whoever's key was created first is at the front. Each waits for
 * the one before only, so that an end wakes one and not all. Layout and algorithm are those of
 * etcd's {@code client/concurrency}, with which it can be mixed.
 *
 * <p>Thread-safe.
 */
final class Line {
  /** A lease that has ended is noticed after this long, should no event tell of it. */
  private static final Duration LOOK = Duration.ofSeconds(1);

  /**
   * A place in the line.
   *
   * @param revision in which the key was created, which tells it from a later one of the same name
   * @param own whether whoever joined took it; else somebody else had, with the same lease
   */
  record Place(Bytes key, long revision, Lease lease, boolean own) {
    /** Holds while the place is taken. */
    Compare taken() {
      return Compare.createRevision(Keys.one(key)).equalTo(revision);
    }
  }

  private final Metastore store;
  private final Bytes prefix;

  Line(Metastore store, String name) {
    this.store = store;
    this.prefix = Bytes.of(name + "/");
  }

  /** Takes the last place, unless the lease has one already. */
  Place join(Lease lease, Bytes value) {
    Bytes key = prefix.concat(Bytes.of(Long.toString(lease.id(), 16)));
    TxnResult joined =
        store.txn(
            Txn.when(Compare.createRevision(Keys.one(key)).equalTo(0L))
                .then(Put.of(key, value).withLease(lease))
                .otherwise(Range.of(Keys.one(key))));
    if (joined.succeeded()) {
      return new Place(key, joined.revision(), lease, true);
    }
    KeyValue present = joined.range(0).entries().getFirst();
    Place place = new Place(key, present.createRevision(), lease, false);
    if (!present.value().equals(value)) {
      update(place, value);
    }
    return place;
  }

  /** Changes the value of a place. */
  void update(Place place, Bytes value) {
    Txn update = Txn.when(place.taken()).then(Put.of(place.key(), value).withLease(place.lease()));
    if (!store.txn(update).succeeded()) {
      throw gone(place);
    }
  }

  /** Leaves the line, if the place is still taken. */
  void leave(Place place) {
    store.txn(Txn.when(place.taken()).then(Delete.of(Keys.one(place.key()))));
  }

  /** Gives up waiting: leaves the line, unless the place is somebody else's who still waits. */
  void giveUp(Place place) {
    if (place.own()) {
      leave(place);
    }
  }

  /** Gives up waiting also when the calling thread is interrupted, and keeps the interrupt. */
  void giveUpAfter(Place place, RuntimeException failure) {
    boolean interrupted = Thread.interrupted();
    try {
      giveUp(place);
    } catch (MetastoreException e) {
      // The lease ends the place in the end.
      failure.addSuppressed(e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Who is at the front. */
  RangeResult front() {
    return store.range(Range.of(Keys.prefix(prefix)).ascending(SortBy.CREATE_REVISION).limit(1));
  }

  /** Everyone's key. */
  Keys everyone() {
    return Keys.prefix(prefix);
  }

  /**
   * Waits until nobody is before a place.
   *
   * @param nanos at most this long
   * @return false when the time is over before that
   * @throws RefusedException when the place was lost meanwhile
   */
  boolean awaitFront(Place place, long nanos) {
    long start = System.nanoTime();
    while (true) {
      RangeResult before =
          store.range(
              Range.of(Keys.prefix(prefix))
                  .createdIn(new Revisions(0, place.revision() - 1))
                  .descending(SortBy.CREATE_REVISION)
                  .limit(1)
                  .keysOnly());
      if (before.entries().isEmpty()) {
        requireTaken(place);
        return true;
      }
      Bytes previous = before.entries().getFirst().key();
      WatchOptions itsEnd = WatchOptions.of(Keys.one(previous)).from(before.revision() + 1);
      try (Watch watch = store.watch(itsEnd.deletesOnly())) {
        if (!awaitEvent(watch, place, start, nanos)) {
          return false;
        }
      }
    }
  }

  private static boolean awaitEvent(Watch watch, Place place, long start, long nanos) {
    while (true) {
      long left = nanos - (System.nanoTime() - start);
      if (left <= 0) {
        return false;
      }
      Optional<WatchEvent> event = watch.poll(Duration.ofNanos(Math.min(left, LOOK.toNanos())));
      if (!place.lease().isAlive()) {
        throw gone(place);
      }
      if (event.isPresent()) {
        return true;
      }
      if (watch.outcome().isPresent()) {
        return switch (watch.outcome().get()) {
          // What was to be seen may be over: looking again tells.
          case WatchOutcome.Compacted compacted -> true;
          case WatchOutcome.Closed closed ->
              throw new RefusedException(ErrorCode.STOPPED, "the store is closed");
          case WatchOutcome.Failed(MetastoreException cause) -> throw cause;
        };
      }
    }
  }

  private void requireTaken(Place place) {
    Optional<KeyValue> own = store.get(place.key());
    if (own.isEmpty() || own.get().createRevision() != place.revision()) {
      throw gone(place);
    }
  }

  private static RefusedException gone(Place place) {
    return place.lease().isAlive()
        ? new RefusedException(
            ErrorCode.KEY_NOT_FOUND,
            place.key() + ": the place is lost, its key was deleted by somebody else")
        : new RefusedException(
            ErrorCode.LEASE_NOT_FOUND, place.key() + ": its lease has ended, the place is lost");
  }
}
