package io.metastore.core.watch;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What waits to be sent to one client, bounded in bytes. An idle one holds no queue.
 *
 * <p>Guarded by the stream's lock.
 */
final class Outbox {
  private final WatchHub hub;
  private @Nullable Deque<Outgoing> waiting;
  private long bytes;

  Outbox(WatchHub hub) {
    this.hub = hub;
  }

  /** How many things wait. */
  int size() {
    Deque<Outgoing> queue = waiting;
    return queue == null ? 0 : queue.size();
  }

  /**
   * Whether something may be added; a first one always may: the largest revision must get through.
   */
  boolean hasRoom(int charge) {
    return size() == 0 || (bytes + charge <= hub.options().streamBytesMax() && hub.hasRoom(charge));
  }

  /** Adds something, room or not. */
  void add(Outgoing out) {
    Deque<Outgoing> queue = waiting;
    if (queue == null) {
      queue = new ArrayDeque<>(2);
      waiting = queue;
    }
    queue.addLast(out);
    charge(out.charge(), out.eventCount());
  }

  /** Takes the first thing; null when there is none. */
  @Nullable Outgoing poll() {
    Deque<Outgoing> queue = waiting;
    Outgoing out = queue == null ? null : queue.pollFirst();
    if (out == null) {
      waiting = null;
    } else {
      charge(-out.charge(), -out.eventCount());
    }
    return out;
  }

  /** Drops the events of a watch that is over. */
  void dropOf(Watch watch) {
    drop(out -> out instanceof Outgoing.Events events && events.watch().equals(watch));
  }

  /**
   * Drops all but answers. Notices of progress go as well: they say that what is dropped was sent.
   *
   * @param dropped told of all events, in order
   */
  void dropAllEvents(Consumer<Outgoing.Events> dropped) {
    drop(
        out ->
            switch (out) {
              case Outgoing.Control control -> false;
              case Outgoing.Progress progress -> true;
              case Outgoing.Events events -> {
                dropped.accept(events);
                yield true;
              }
            });
  }

  private void drop(Predicate<Outgoing> unwanted) {
    Deque<Outgoing> queue = waiting;
    if (queue != null) {
      queue.removeIf(
          out -> {
            boolean gone = unwanted.test(out);
            if (gone) {
              charge(-out.charge(), -out.eventCount());
            }
            return gone;
          });
    }
  }

  /** Drops everything. */
  void clear() {
    drop(out -> true);
    waiting = null;
  }

  private void charge(int change, int events) {
    bytes += change;
    hub.charge(change);
    hub.eventsWait(events);
  }
}
