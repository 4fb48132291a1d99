package io.metastore.core.watch;

import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds the ranges that a key lies in: a treap by start and end, each node knowing the largest end
 * below it. Subtrees that end at or before the key, and those that start behind it, are not looked
 * into. For the key {@code c} and
 *
 * <pre>
 *            [b,d) max e                  visited: [b,d) hit
 *           /           \                          [a,b) not looked into: its max is b
 *     [a,b) max b      [c,e) max e                 [c,e) hit
 * </pre>
 *
 * <p>Adding, removing and each hit cost the logarithm of the number of different ranges. Belongs to
 * one thread.
 */
final class IntervalTree {
  private @Nullable RangeGroup root;
  private int seed = 1;

  /** Adds a subscriber of a range that is not empty. */
  void add(Subscriber subscriber, byte[] to) {
    RangeGroup group = find(subscriber.from(), to);
    if (group == null) {
      group = new RangeGroup(subscriber.from(), to, nextPriority());
      root = insert(root, group);
    }
    group.add(subscriber);
  }

  /** Removes a subscriber from its group. */
  void remove(Subscriber subscriber, RangeGroup group) {
    if (group.remove(subscriber)) {
      root = delete(root, group);
    }
  }

  /** Gives every subscriber whose range holds a key. */
  void match(byte[] key, Consumer<Subscriber> to) {
    match(root, key, to);
  }

  /** Adds every subscriber to a list. */
  void addTo(List<Subscriber> all) {
    addTo(root, all);
  }

  private static void addTo(@Nullable RangeGroup subtree, List<Subscriber> all) {
    for (RangeGroup node = subtree; node != null; node = node.right) {
      addTo(node.left, all);
      node.addTo(all);
    }
  }

  private static void match(
      @Nullable RangeGroup subtree, byte[] key, Consumer<Subscriber> consumer) {
    RangeGroup node = subtree;
    while (node != null && isBefore(key, node.toMax)) {
      match(node.left, key, consumer);
      if (Arrays.compareUnsigned(node.from, key) > 0) {
        return;
      }
      if (isBefore(key, node.to)) {
        for (Subscriber s = node.first(); s != null; s = s.after) {
          consumer.accept(s);
        }
      }
      node = node.right;
    }
  }

  private static boolean isBefore(byte[] key, byte[] end) {
    return Subscriber.isOpen(end) || Arrays.compareUnsigned(key, end) < 0;
  }

  private @Nullable RangeGroup find(byte[] from, byte[] to) {
    RangeGroup node = root;
    while (node != null) {
      int order = compare(from, to, node);
      if (order == 0) {
        return node;
      }
      node = order < 0 ? node.left : node.right;
    }
    return null;
  }

  private static int compare(byte[] from, byte[] to, RangeGroup node) {
    int byStart = Arrays.compareUnsigned(from, node.from);
    return byStart != 0 ? byStart : compareEnds(to, node.to);
  }

  private static int compareEnds(byte[] a, byte[] b) {
    if (Subscriber.isOpen(a) || Subscriber.isOpen(b)) {
      return Boolean.compare(Subscriber.isOpen(a), Subscriber.isOpen(b));
    }
    return Arrays.compareUnsigned(a, b);
  }

  private int nextPriority() {
    // Marsaglia's xorshift: all that is needed is that priorities do not follow the keys.
    seed ^= seed << 13;
    seed ^= seed >>> 17;
    seed ^= seed << 5;
    return seed;
  }

  private static RangeGroup insert(@Nullable RangeGroup subtree, RangeGroup added) {
    if (subtree == null) {
      return added;
    }
    if (compare(added.from, added.to, subtree) < 0) {
      RangeGroup left = insert(subtree.left, added);
      subtree.left = left;
      if (left.hash > subtree.hash) {
        subtree.left = left.right;
        left.right = subtree;
        update(subtree);
        return update(left);
      }
    } else {
      RangeGroup right = insert(subtree.right, added);
      subtree.right = right;
      if (right.hash > subtree.hash) {
        subtree.right = right.left;
        right.left = subtree;
        update(subtree);
        return update(right);
      }
    }
    return update(subtree);
  }

  private static @Nullable RangeGroup delete(@Nullable RangeGroup subtree, RangeGroup gone) {
    if (subtree == null) {
      throw new IllegalStateException("a range to remove is not in the tree");
    }
    if (subtree.equals(gone)) {
      return merge(subtree.left, subtree.right);
    }
    if (compare(gone.from, gone.to, subtree) < 0) {
      subtree.left = delete(subtree.left, gone);
    } else {
      subtree.right = delete(subtree.right, gone);
    }
    return update(subtree);
  }

  private static @Nullable RangeGroup merge(@Nullable RangeGroup low, @Nullable RangeGroup high) {
    if (low == null) {
      return high;
    }
    if (high == null) {
      return low;
    }
    if (low.hash > high.hash) {
      low.right = merge(low.right, high);
      return update(low);
    }
    high.left = merge(low, high.left);
    return update(high);
  }

  private static RangeGroup update(RangeGroup node) {
    byte[] max = node.to;
    RangeGroup left = node.left;
    if (left != null && compareEnds(left.toMax, max) > 0) {
      max = left.toMax;
    }
    RangeGroup right = node.right;
    if (right != null && compareEnds(right.toMax, max) > 0) {
      max = right.toMax;
    }
    node.toMax = max;
    return node;
  }
}
