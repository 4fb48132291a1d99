package io.metastore.store.memory;

import org.jspecify.annotations.Nullable;

/**
 * One keyspace at one moment: an ordered map of byte arrays that never changes.
 *
 * <p>It is a B+tree without links between its leaves, which copying would have to follow: a cursor
 * remembers its path instead. Thread-safe.
 *
 * @param root the topmost node; a leaf when all entries fit into one
 * @param entries number of entries
 * @param bytes length of all keys and values together
 */
record Tree(Node root, long entries, long bytes) {
  /** A tree without entries. No edit has the number 0, so nobody changes its leaf. */
  static final Tree EMPTY = new Tree(new Node.Leaf(0), 0, 0);

  /** The value of {@code key}, or null when it is absent. */
  byte @Nullable [] find(byte[] key) {
    Node node = root;
    while (node instanceof Node.Inner inner) {
      node = inner.children[inner.childOf(key)];
    }
    Node.Leaf leaf = (Node.Leaf) node;
    int at = leaf.find(key);
    return at < 0 ? null : leaf.values[at];
  }

  /** Levels of nodes; 1 for a single leaf. */
  int height() {
    int height = 1;
    Node node = root;
    while (node instanceof Node.Inner inner) {
      node = inner.children[0];
      height++;
    }
    return height;
  }
}
