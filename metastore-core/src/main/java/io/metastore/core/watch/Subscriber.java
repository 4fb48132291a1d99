package io.metastore.core.watch;

import io.metastore.core.message.Event;
import io.metastore.core.mvcc.KeyEvent;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something that an index finds for a key. Its links are the index's, so that a place in it costs
 * no object of its own.
 *
 * <p>Belongs to the thread that owns the index.
 */
abstract class Subscriber {
  /** The end of a range that has none. */
  static final byte[] OPEN = {};

  private final byte[] from;
  private final byte @Nullable [] to;

  // The index's: null while the subscriber is in none.
  @Nullable Group group;
  @Nullable Subscriber before;
  @Nullable Subscriber after;

  // What it gets of the batch at hand.
  private @Nullable List<Event> taken;

  /**
   * Subscribes to a key, or a range.
   *
   * @param to null for a single key, {@link #OPEN} for no end
   */
  Subscriber(byte[] from, byte @Nullable [] to) {
    this.from = from;
    this.to = to;
  }

  /** Whether an end of a range is none. */
  static boolean isOpen(byte[] to) {
    return to.length == 0;
  }

  final byte[] from() {
    return from;
  }

  final byte @Nullable [] to() {
    return to;
  }

  /** Whether it is to have an event of a key of its range. */
  abstract boolean wants(KeyEvent event);

  /** Whether its events carry what was replaced. */
  abstract boolean wantsPrevious();

  /** The watch that it stands for. */
  abstract Watch watch();

  /**
   * Adds an event of the batch at hand.
   *
   * @return true for the first one
   */
  final boolean take(Event event) {
    List<Event> sofar = taken;
    if (sofar == null) {
      taken = List.of(event);
      return true;
    }
    if (sofar.size() == 1) {
      sofar = new ArrayList<>(sofar);
      taken = sofar;
    }
    sofar.add(event);
    return false;
  }

  /** Gives the events of the batch, and forgets them. */
  final List<Event> taken() {
    List<Event> events = taken;
    taken = null;
    return events == null ? List.of() : events;
  }
}
