package io.metastore.store.memory;

import io.metastore.api.storage.KeyRange;
import io.metastore.api.storage.ScanDirection;
import java.util.Arrays;

/**
 * A walk over a range of a tree: the leaf it stands in, the part of that leaf that lies in the
 * range, and the path of nodes above it. Not thread-safe.
 */
final class TreeCursor {
  private final KeyRange range;
  private final boolean forward;
  private final Node.Inner[] path;
  // The child of path[i] through which the walk has gone down.
  private final int[] turns;

  private Node.Leaf leaf;
  // Entries of the leaf yet to come are [next, end), walked from the side the direction says.
  private int next;
  private int end;

  TreeCursor(Tree tree, KeyRange range, ScanDirection direction) {
    this.range = range;
    this.forward = direction == ScanDirection.FORWARD;
    int inners = tree.height() - 1;
    this.path = new Node.Inner[inners];
    this.turns = new int[inners];
    Node node = tree.root();
    for (int depth = 0; depth < inners; depth++) {
      path[depth] = (Node.Inner) node;
      turns[depth] = startBelow(path[depth]);
      node = path[depth].children[turns[depth]];
    }
    leaf = (Node.Leaf) node;
    clip();
  }

  /** Moves to the next entry and says whether there is one. */
  boolean next() {
    while (next == end) {
      if (!nextLeaf()) {
        return false;
      }
    }
    if (forward) {
      next++;
    } else {
      end--;
    }
    return true;
  }

  /** The key at the cursor, after a {@link #next()} that was true. */
  byte[] key() {
    return leaf.keys[forward ? next - 1 : end];
  }

  /** The value at the cursor, after a {@link #next()} that was true. */
  byte[] value() {
    return leaf.values[forward ? next - 1 : end];
  }

  private int startBelow(Node.Inner inner) {
    if (forward) {
      return inner.childOf(range.from());
    }
    return range.to().isPresent() ? inner.childOf(range.to().get()) : inner.size - 1;
  }

  private boolean nextLeaf() {
    int step = forward ? 1 : -1;
    if (leftRange()) {
      return false;
    }
    int depth = path.length - 1;
    while (depth >= 0 && !hasChild(depth, turns[depth] + step)) {
      depth--;
    }
    if (depth < 0) {
      return false;
    }
    turns[depth] += step;
    Node node = path[depth].children[turns[depth]];
    while (++depth < path.length) {
      path[depth] = (Node.Inner) node;
      turns[depth] = forward ? 0 : path[depth].size - 1;
      node = path[depth].children[turns[depth]];
    }
    leaf = (Node.Leaf) node;
    clip();
    return true;
  }

  private boolean hasChild(int depth, int child) {
    return child >= 0 && child < path[depth].size;
  }

  // True when the leaf reaches over the far end of the range, so that no later leaf lies in it.
  private boolean leftRange() {
    return forward ? end < leaf.size : next > 0;
  }

  // One comparison with each bound for a whole leaf, not for every entry.
  private void clip() {
    next = 0;
    end = leaf.size;
    if (leaf.size == 0) {
      return;
    }
    if (Arrays.compareUnsigned(leaf.keys[0], range.from()) < 0) {
      next = leaf.lowerBound(range.from(), leaf.size);
    }
    byte[] to = range.to().orElse(null);
    if (to != null && Arrays.compareUnsigned(leaf.keys[leaf.size - 1], to) >= 0) {
      end = leaf.lowerBound(to, leaf.size);
    }
    next = Math.min(next, end);
  }
}
