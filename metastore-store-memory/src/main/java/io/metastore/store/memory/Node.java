package io.metastore.store.memory;

import java.util.Arrays;

/**
 * A node of a {@link Tree}. It belongs to the edit that made it: that edit alone may change it, and
 * nobody once the edit is over.
 */
abstract sealed class Node permits Node.Leaf, Node.Inner {
  /**
   * Most entries of a leaf and children of an inner node. A batch of one operation copies a path of
   * nodes, so small nodes make small batches cheap, and large ones make gets and scans cheap.
   */
  static final int CAPACITY = 32;

  /** A node that holds less than this is merged with a neighbour if both fit well into one. */
  static final int SPARSE = CAPACITY / 4;

  /** The number of the edit that may change this node. */
  final long edit;

  /**
   * A leaf's keys; for an inner node the separators: {@code keys[i]} is above every key under child
   * {@code i} and not above any under child {@code i + 1}.
   */
  final byte[][] keys;

  /** Entries of a leaf, children of an inner node. */
  int size;

  private Node(long edit, byte[][] keys, int size) {
    this.edit = edit;
    this.keys = keys;
    this.size = size;
  }

  /** A node with the same content that belongs to {@code newEdit}; itself if it does already. */
  abstract Node editableBy(long newEdit);

  /** Moves everything of {@code right}, this node's neighbour, to the end of this node. */
  abstract void append(byte[] separator, Node right);

  /** The first of the first {@code count} keys that is not below {@code key}, or {@code count}. */
  final int lowerBound(byte[] key, int count) {
    int low = 0;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (Arrays.compareUnsigned(keys[middle], key) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private static void open(Object[] array, int at, int used) {
    System.arraycopy(array, at, array, at + 1, used - at);
  }

  private static void close(Object[] array, int at, int used) {
    System.arraycopy(array, at + 1, array, at, used - at - 1);
    Arrays.fill(array, used - 1, used, null);
  }

  /** Sorted keys and their values. */
  static final class Leaf extends Node {
    final byte[][] values;

    Leaf(long edit) {
      this(edit, new byte[CAPACITY][], new byte[CAPACITY][], 0);
    }

    private Leaf(long edit, byte[][] keys, byte[][] values, int size) {
      super(edit, keys, size);
      this.values = values;
    }

    @Override
    Leaf editableBy(long newEdit) {
      return edit == newEdit ? this : new Leaf(newEdit, keys.clone(), values.clone(), size);
    }

    /** Where {@code key} is, or {@code -1 - } where it would be. */
    int find(byte[] key) {
      int at = lowerBound(key, size);
      return at < size && Arrays.equals(keys[at], key) ? at : -1 - at;
    }

    void insert(int at, byte[] key, byte[] value) {
      open(keys, at, size);
      open(values, at, size);
      keys[at] = key;
      values[at] = value;
      size++;
    }

    void remove(int at) {
      close(keys, at, size);
      close(values, at, size);
      size--;
    }

    /** Moves the entries from {@code at} on into a new leaf. */
    Leaf splitOff(int at) {
      Leaf right = new Leaf(edit);
      right.size = size - at;
      System.arraycopy(keys, at, right.keys, 0, right.size);
      System.arraycopy(values, at, right.values, 0, right.size);
      Arrays.fill(keys, at, size, null);
      Arrays.fill(values, at, size, null);
      size = at;
      return right;
    }

    @Override
    void append(byte[] separator, Node right) {
      Leaf other = (Leaf) right;
      System.arraycopy(other.keys, 0, keys, size, other.size);
      System.arraycopy(other.values, 0, values, size, other.size);
      size += other.size;
    }
  }

  /** Children, and between each two of them a separator. */
  static final class Inner extends Node {
    final Node[] children;

    Inner(long edit) {
      this(edit, new byte[CAPACITY - 1][], new Node[CAPACITY], 0);
    }

    private Inner(long edit, byte[][] keys, Node[] children, int size) {
      super(edit, keys, size);
      this.children = children;
    }

    @Override
    Inner editableBy(long newEdit) {
      return edit == newEdit ? this : new Inner(newEdit, keys.clone(), children.clone(), size);
    }

    /** The child under which {@code key} lies. */
    int childOf(byte[] key) {
      int at = lowerBound(key, size - 1);
      return at < size - 1 && Arrays.equals(keys[at], key) ? at + 1 : at;
    }

    /** Adds a child behind the last one. */
    void add(byte[] separator, Node child) {
      if (size > 0) {
        keys[size - 1] = separator;
      }
      children[size++] = child;
    }

    /** Adds {@code child} at {@code at}, which is above 0, with the separator in front of it. */
    void insert(int at, byte[] separator, Node child) {
      open(keys, at - 1, size - 1);
      open(children, at, size);
      keys[at - 1] = separator;
      children[at] = child;
      size++;
    }

    void remove(int at) {
      if (size > 1) {
        close(keys, Math.max(0, at - 1), size - 1);
      }
      close(children, at, size);
      size--;
    }

    /** Moves the children from {@code at} on into a new node; the caller takes the separator. */
    Inner splitOff(int at) {
      Inner right = new Inner(edit);
      right.size = size - at;
      System.arraycopy(children, at, right.children, 0, right.size);
      System.arraycopy(keys, at, right.keys, 0, right.size - 1);
      Arrays.fill(children, at, size, null);
      Arrays.fill(keys, at - 1, size - 1, null);
      size = at;
      return right;
    }

    @Override
    void append(byte[] separator, Node right) {
      Inner other = (Inner) right;
      keys[size - 1] = separator;
      System.arraycopy(other.keys, 0, keys, size, other.size - 1);
      System.arraycopy(other.children, 0, children, size, other.size);
      size += other.size;
    }
  }
}
