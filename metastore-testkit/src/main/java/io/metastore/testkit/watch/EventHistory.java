package io.metastore.testkit.watch;

import io.metastore.testkit.model.Command.Watch;
import io.metastore.testkit.model.KeyEvent;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** What really happened. Immutable. */
public final class EventHistory {
  /** What tells one event from all others: a key is put, or deleted, once in a revision at most. */
  private record Identity(long revision, String key, boolean put) {
    static Identity of(KeyEvent event) {
      return new Identity(event.revision(), event.key().key(), event.put());
    }
  }

  private final List<KeyEvent> events;
  private final Map<Identity, Integer> places = new HashMap<>();
  private final long compacted;

  /**
   * Creates a history.
   *
   * @param events all of them, in order and with what each of them replaced
   * @param compacted what was replaced below this revision need not be told any more
   */
  public EventHistory(List<KeyEvent> events, long compacted) {
    this.events = List.copyOf(events);
    this.compacted = compacted;
    for (int i = 0; i < events.size(); i++) {
      if (places.put(Identity.of(events.get(i)), i) != null) {
        throw new IllegalArgumentException("twice in one history: " + events.get(i));
      }
    }
  }

  /** Where an event stands; empty when it never happened. */
  OptionalInt place(KeyEvent event) {
    Integer place = places.get(Identity.of(event));
    return place == null ? OptionalInt.empty() : OptionalInt.of(place);
  }

  /** The event as it really was, with what it replaced. */
  KeyEvent at(int place) {
    return events.get(place);
  }

  /** Whether what an event replaced may be left out. */
  boolean mayLackPrevious(KeyEvent event) {
    return event.revision() - 1 < compacted;
  }

  /** What a watch wants of a stretch of revisions, both included. */
  List<KeyEvent> wanted(Watch watch, long from, long through) {
    int first = firstPlace(from);
    return events.subList(first, Math.max(first, firstPlace(through + 1))).stream()
        .filter(event -> isWanted(watch, event))
        .toList();
  }

  /** The place of the first event of a revision or behind it. */
  private int firstPlace(long revision) {
    int low = 0;
    int high = events.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (events.get(middle).revision() < revision) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** Whether a watch asked for an event, apart from when. */
  static boolean isWanted(Watch watch, KeyEvent event) {
    return watch.keys().contains(event.key().key())
        && (event.put() ? watch.puts() : watch.deletes());
  }

  /** The last revision with an event, 1 when there is none. */
  public long revision() {
    return events.isEmpty() ? 1 : events.getLast().revision();
  }
}
