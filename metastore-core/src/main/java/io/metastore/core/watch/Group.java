package io.metastore.core.watch;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The subscribers of one key. Of a range: {@link RangeGroup}. */
class Group {
  final byte[] from;
  // Of the key for a bucket, random for a place in the tree.
  final int hash;
  // Next in the bucket.
  @Nullable Group link;
  private @Nullable Subscriber head;

  Group(byte[] from, int hash) {
    this.from = from;
    this.hash = hash;
  }

  final void add(Subscriber subscriber) {
    Subscriber first = head;
    subscriber.group = this;
    subscriber.after = first;
    if (first != null) {
      first.before = subscriber;
    }
    head = subscriber;
  }

  /** Removes a subscriber; true when none is left. */
  final boolean remove(Subscriber subscriber) {
    Subscriber before = subscriber.before;
    Subscriber after = subscriber.after;
    if (before == null) {
      head = after;
    } else {
      before.after = after;
    }
    if (after != null) {
      after.before = before;
    }
    subscriber.group = null;
    subscriber.before = null;
    subscriber.after = null;
    return head == null;
  }

  final void addTo(List<Subscriber> all) {
    for (Subscriber s = head; s != null; s = s.after) {
      all.add(s);
    }
  }

  /** The first subscriber; the others follow by {@link Subscriber#after}. */
  final @Nullable Subscriber first() {
    return head;
  }
}
