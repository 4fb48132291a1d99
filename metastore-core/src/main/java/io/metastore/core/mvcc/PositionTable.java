package io.metastore.core.mvcc;

import java.util.Arrays;

/**
 * A hash table from keys to positions of a store that holds the keys themselves: eight bytes a
 * slot, no objects, so that the garbage collector has nothing to follow however large it is.
 *
 * <p>Open addressing with linear probes; half of the slots stay free. Belongs to one thread.
 */
final class PositionTable {
  /** What is said of a key that is not there. */
  static final int NONE = -1;

  private static final int FREE = 0;
  private static final int SLOTS_MIN = 64;

  /** Spreads hashes, whose low bits differ most, over the high bits that pick a slot. */
  private static final int SPREAD = 0x9E3779B9;

  /** Where the keys are. */
  interface Keys {
    boolean isAt(int position, byte[] key);
  }

  private final Keys keys;
  private int[] hashes = new int[SLOTS_MIN];
  // Plus one, as 0 is a free slot.
  private int[] positions = new int[SLOTS_MIN];
  private int size;

  PositionTable(Keys keys) {
    this.keys = keys;
  }

  int size() {
    return size;
  }

  /** The position of a key, or {@link #NONE}. */
  int find(byte[] key) {
    return positions[slotFor(key, Arrays.hashCode(key))] - 1;
  }

  /** Notes where a key is from now on. */
  void put(byte[] key, int position) {
    int hash = Arrays.hashCode(key);
    int slot = slotFor(key, hash);
    if (positions[slot] == FREE) {
      if (2 * (size + 1) > positions.length) {
        grow();
        slot = slotFor(key, hash);
      }
      size++;
    }
    hashes[slot] = hash;
    positions[slot] = position + 1;
  }

  /** Forgets a key. */
  void remove(byte[] key) {
    int slot = slotFor(key, Arrays.hashCode(key));
    if (positions[slot] != FREE) {
      free(slot);
    }
  }

  /** Forgets a key if this is where it is. */
  void removeAt(byte[] key, int position) {
    int slot = slotFor(key, Arrays.hashCode(key));
    if (positions[slot] == position + 1) {
      free(slot);
    }
  }

  void clear() {
    hashes = new int[SLOTS_MIN];
    positions = new int[SLOTS_MIN];
    size = 0;
  }

  /** The slot that has the key, or the free one that it would go to. */
  private int slotFor(byte[] key, int hash) {
    int slot = home(hash);
    while (positions[slot] != FREE
        && !(hashes[slot] == hash && keys.isAt(positions[slot] - 1, key))) {
      slot = next(slot);
    }
    return slot;
  }

  /** Frees a slot, and closes the gap for those behind it that would be looked for across it. */
  private void free(int slot) {
    int gap = slot;
    for (int at = next(slot); positions[at] != FREE; at = next(at)) {
      if (distance(home(hashes[at]), at) >= distance(gap, at)) {
        hashes[gap] = hashes[at];
        positions[gap] = positions[at];
        gap = at;
      }
    }
    positions[gap] = FREE;
    size--;
  }

  private void grow() {
    int[] oldHashes = hashes;
    int[] oldPositions = positions;
    hashes = new int[2 * oldHashes.length];
    positions = new int[2 * oldPositions.length];
    for (int i = 0; i < oldPositions.length; i++) {
      if (oldPositions[i] != FREE) {
        int slot = home(oldHashes[i]);
        while (positions[slot] != FREE) {
          slot = next(slot);
        }
        hashes[slot] = oldHashes[i];
        positions[slot] = oldPositions[i];
      }
    }
  }

  private int home(int hash) {
    return (hash * SPREAD) >>> (Integer.numberOfLeadingZeros(positions.length) + 1);
  }

  private int next(int slot) {
    return (slot + 1) & (positions.length - 1);
  }

  /** How many steps lead from one slot to another. */
  private int distance(int from, int to) {
    return (to - from) & (positions.length - 1);
  }
}
