package io.metastore.core.watch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds the subscribers of a key: those of exactly this key in a hash table, those of ranges in an
 * {@link IntervalTree}. Subscribers of the same key or range share a group.
 *
 * <p>Belongs to one thread.
 */
final class SubscriberIndex {
  private static final int BUCKETS_MIN = 16;

  private @Nullable Group[] buckets = new @Nullable Group[BUCKETS_MIN];
  private final IntervalTree ranges = new IntervalTree();
  private int keys;
  private int size;

  /** How many subscribers it holds. */
  int size() {
    return size;
  }

  /** Adds a subscriber that is in no index. */
  void add(Subscriber subscriber) {
    if (subscriber.group != null) {
      throw new IllegalStateException("a subscriber is in an index already");
    }
    size++;
    byte[] to = subscriber.to();
    if (to != null) {
      ranges.add(subscriber, to);
      return;
    }
    int hash = hash(subscriber.from());
    Group group = find(subscriber.from(), hash);
    if (group == null) {
      group = new Group(subscriber.from(), hash);
      put(group);
    }
    group.add(subscriber);
  }

  /** Removes a subscriber; one that is in no index is left alone. */
  void remove(Subscriber subscriber) {
    Group group = subscriber.group;
    if (group == null) {
      return;
    }
    size--;
    if (group instanceof RangeGroup range) {
      ranges.remove(subscriber, range);
    } else if (group.remove(subscriber)) {
      unlink(group);
    }
  }

  /** Gives every subscriber of a key, which must not be removed meanwhile. */
  void match(byte[] key, Consumer<Subscriber> consumer) {
    Group group = find(key, hash(key));
    if (group != null) {
      for (Subscriber s = group.first(); s != null; s = s.after) {
        consumer.accept(s);
      }
    }
    ranges.match(key, consumer);
  }

  /** Removes and gives every subscriber. */
  void clear(Consumer<Subscriber> consumer) {
    List<Subscriber> all = new ArrayList<>(size);
    for (Group first : buckets) {
      for (Group group = first; group != null; group = group.link) {
        group.addTo(all);
      }
    }
    ranges.addTo(all);
    all.forEach(this::remove);
    all.forEach(consumer);
  }

  private static int hash(byte[] key) {
    int hash = Arrays.hashCode(key) * 0x9E3779B9;
    return hash ^ (hash >>> 16);
  }

  private @Nullable Group find(byte[] key, int hash) {
    Group group = buckets[hash & (buckets.length - 1)];
    while (group != null && !(group.hash == hash && Arrays.equals(group.from, key))) {
      group = group.link;
    }
    return group;
  }

  private void put(Group group) {
    if (keys++ == buckets.length) {
      @Nullable Group[] old = buckets;
      buckets = new @Nullable Group[old.length * 2];
      for (Group first : old) {
        Group moved = first;
        while (moved != null) {
          Group next = moved.link;
          link(moved);
          moved = next;
        }
      }
    }
    link(group);
  }

  private void link(Group group) {
    int bucket = group.hash & (buckets.length - 1);
    group.link = buckets[bucket];
    buckets[bucket] = group;
  }

  private void unlink(Group gone) {
    keys--;
    int bucket = gone.hash & (buckets.length - 1);
    Group group = buckets[bucket];
    if (gone.equals(group)) {
      buckets[bucket] = gone.link;
      return;
    }
    while (group != null && !gone.equals(group.link)) {
      group = group.link;
    }
    if (group == null) {
      throw new IllegalStateException("a key to remove is not in the index");
    }
    group.link = gone.link;
  }
}
