package io.metastore.core.watch;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The watches of one stream: their ids, those that are parked, and how far they all are.
 *
 * <p>Guarded by the stream's lock.
 */
final class StreamWatches {
  private final WatchTable table = new WatchTable();
  private @Nullable List<Watch> parked;
  private long nextId;
  // The hub's timer knows of the stream.
  private boolean notified;

  /** The watch of an id, if there is one. */
  @Nullable Watch find(long id) {
    return table.find(id);
  }

  /** The id for a new watch: what the client asks for, or, for 0, the next that is free. */
  long takeId(long asked) {
    if (asked != 0) {
      return asked;
    }
    while (table.find(nextId) != null) {
      nextId++;
    }
    return nextId++;
  }

  void add(Watch watch) {
    table.add(watch);
  }

  void remove(long id) {
    table.remove(id);
  }

  /** A watch waits for the stream to be ready. */
  void park(Watch watch) {
    watch.state = Watch.State.PARKED;
    List<Watch> list = parked;
    if (list == null) {
      list = new ArrayList<>();
      parked = list;
    }
    list.add(watch);
  }

  boolean hasParked() {
    return parked != null;
  }

  /** Takes the parked watches, in the order in which they were parked; they lag from now on. */
  List<Watch> resume() {
    List<Watch> list = parked;
    parked = null;
    if (list == null) {
      return List.of();
    }
    list.removeIf(watch -> watch.state != Watch.State.PARKED);
    list.forEach(watch -> watch.state = Watch.State.LAGGING);
    return list;
  }

  /** Whether there are watches and all have had everything up to a position of the hub. */
  boolean areAt(long position) {
    int[] seen = new int[2];
    table.forEach(
        watch -> {
          if (watch.state != Watch.State.CANCELED) {
            seen[watch.isAt(position) ? 0 : 1]++;
          }
        });
    return seen[0] > 0 && seen[1] == 0;
  }

  /** Whether a watch that was just added is the first that wants notices of progress. */
  boolean isFirstToNotify(Watch watch) {
    boolean first = watch.notifiesProgress() && !notified;
    notified |= first;
    return first;
  }

  /**
   * Finds the watches that want notices of progress, had nothing else since they were asked last,
   * and are at a position of the hub.
   *
   * @return whether any watch wants notices
   */
  boolean quiet(long position, LongConsumer ids) {
    boolean[] wanted = new boolean[1];
    table.forEach(
        watch -> {
          if (watch.notifiesProgress() && watch.state != Watch.State.CANCELED) {
            wanted[0] = true;
            if (!watch.wasBusy() && watch.isAt(position)) {
              ids.accept(watch.id());
            }
          }
        });
    notified = wanted[0];
    return notified;
  }

  /** Cancels all; returns those that were not. */
  List<Watch> cancelAll() {
    parked = null;
    List<Watch> gone = new ArrayList<>(table.size());
    table.forEach(
        watch -> {
          if (watch.state != Watch.State.CANCELED) {
            watch.state = Watch.State.CANCELED;
            gone.add(watch);
          }
        });
    return gone;
  }
}
