package io.metastore.core.watch;

import io.metastore.core.message.Event;
import io.metastore.core.mvcc.KeyEvent;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds who gets which events of a batch. What is shared is counted once: each subscriber is
 * charged its part of it.
 *
 * <p>Belongs to one thread.
 */
final class Matching {
  /** What an entry of a buffer costs beside its events. */
  private static final int ENTRY_BYTES = 64;

  private final SubscriberIndex index;
  private final List<Subscriber> touched = new ArrayList<>();
  private long bytes;
  private long taken;

  Matching(SubscriberIndex index) {
    this.index = index;
  }

  /** Gives an event to all that want it; to be called in the order of revisions. */
  void add(KeyEvent event) {
    long before = taken;
    index.match(
        event.key(),
        subscriber -> {
          if (subscriber.wants(event)) {
            Event message = event.message(subscriber.wantsPrevious());
            if (taken++ == before) {
              bytes += message.getSerializedSize();
            }
            if (subscriber.take(message)) {
              touched.add(subscriber);
            }
          }
        });
  }

  /** Bytes of the events that somebody wanted. */
  long bytes() {
    return bytes;
  }

  /** Everybody who gets something; not changed afterwards unless events are added. */
  List<Subscriber> touched() {
    return touched;
  }

  /** What a number of events is to be charged. */
  int charge(int events) {
    long each = taken == 0 ? 0 : bytes / taken;
    return (int) Math.min(Integer.MAX_VALUE, ENTRY_BYTES + each * events);
  }
}
