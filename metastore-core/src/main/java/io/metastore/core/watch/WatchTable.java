package io.metastore.core.watch;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The watches of a stream by id: an open-addressed table of nothing but references, since a map's
 * entries would outweigh the watches.
 *
 * <p>Guarded by the stream's lock.
 */
final class WatchTable {
  private static final int SLOTS_MIN = 2;

  private @Nullable Watch[] slots = new @Nullable Watch[SLOTS_MIN];
  private int size;

  /** How many watches it holds. */
  int size() {
    return size;
  }

  /** The watch of an id, if there is one. */
  @Nullable Watch find(long id) {
    return slots[slot(id)];
  }

  /** Adds a watch whose id is not in use. */
  void add(Watch watch) {
    if ((size + 1) * 4L > slots.length * 3L) {
      grow();
    }
    slots[slot(watch.id())] = watch;
    size++;
  }

  /** Removes the watch of an id, if there is one, and closes the gap it leaves. */
  void remove(long id) {
    int gap = slot(id);
    if (slots[gap] == null) {
      return;
    }
    slots[gap] = null;
    size--;
    for (int i = following(gap); ; i = following(i)) {
      Watch moved = slots[i];
      if (moved == null) {
        return;
      }
      slots[i] = null;
      slots[slot(moved.id())] = moved;
    }
  }

  /** Gives every watch, in no order; the table must not be changed meanwhile. */
  void forEach(Consumer<Watch> consumer) {
    for (Watch watch : slots) {
      if (watch != null) {
        consumer.accept(watch);
      }
    }
  }

  /** Where an id is, or would be put. */
  private int slot(long id) {
    int slot = (int) ((id * 0x9E3779B97F4A7C15L) >>> 32) & (slots.length - 1);
    Watch there = slots[slot];
    while (there != null && there.id() != id) {
      slot = following(slot);
      there = slots[slot];
    }
    return slot;
  }

  private int following(int slot) {
    return (slot + 1) & (slots.length - 1);
  }

  private void grow() {
    @Nullable Watch[] old = slots;
    slots = new @Nullable Watch[old.length * 2];
    for (Watch watch : old) {
      if (watch != null) {
        slots[slot(watch.id())] = watch;
      }
    }
  }
}
