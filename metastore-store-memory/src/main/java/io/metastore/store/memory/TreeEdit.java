package io.metastore.store.memory;

import org.jspecify.annotations.Nullable;

/**
 * The changes that one batch makes to one tree. Not thread-safe: it lives inside a commit.
 *
 * <p>A node is copied when it is changed for the first time and changed in place from then on,
 * because the copy carries the number of this edit. Example, with room for two in a node: the tree
 *
 * <pre>
 *        [c]                put(b), then put(d)          [c]'
 *       /   \              ---------------------&gt;       /    \
 *   (a)      (c)                                   (a,b)'    (c,d)'
 * </pre>
 *
 * takes three copies, marked by a dash, for both operations together: the second finds its root
 * copied already. A reader of the old tree still meets {@code [c] (a) (c)}. A third put under the
 * same leaf would split it, and the new leaf goes up to the root with its separator.
 */
final class TreeEdit {
  private final long edit;
  private Node root;
  private long entries;
  private long bytes;

  // What the last step down left for the node above it.
  private Node.@Nullable Leaf splitLeaf;
  private Node.@Nullable Inner splitInner;
  private byte[] separator = new byte[0];
  private boolean removed;

  /** Starts from {@code tree}; {@code edit} is a number that no edit had before, above 0. */
  TreeEdit(Tree tree, long edit) {
    this.edit = edit;
    this.root = tree.root();
    this.entries = tree.entries();
    this.bytes = tree.bytes();
  }

  /** The tree with all changes. The edit must not be used afterwards. */
  Tree done() {
    return new Tree(root, entries, bytes);
  }

  /** Sets a key; the arrays are kept. */
  void put(byte[] key, byte[] value) {
    root = put(root, key, value);
    Node right = takeSplit();
    if (right != null) {
      Node.Inner top = new Node.Inner(edit);
      top.add(separator, root);
      top.add(separator, right);
      root = top;
    }
  }

  private Node put(Node node, byte[] key, byte[] value) {
    if (node instanceof Node.Inner inner) {
      return putBelow(inner, key, value);
    }
    Node.Leaf leaf = ((Node.Leaf) node).editableBy(edit);
    int at = leaf.find(key);
    if (at >= 0) {
      bytes += value.length - leaf.values[at].length;
      leaf.values[at] = value;
      return leaf;
    }
    insert(leaf, -1 - at, key, value);
    entries++;
    bytes += key.length + value.length;
    return leaf;
  }

  private void insert(Node.Leaf leaf, int at, byte[] key, byte[] value) {
    if (leaf.size < Node.CAPACITY) {
      leaf.insert(at, key, value);
      return;
    }
    Node.Leaf right = leaf.splitOff(splitPoint(at));
    if (at > leaf.size || right.size == 0) {
      right.insert(at - leaf.size, key, value);
    } else {
      leaf.insert(at, key, value);
    }
    splitLeaf = right;
    separator = right.keys[0];
  }

  private Node putBelow(Node.Inner before, byte[] key, byte[] value) {
    Node.Inner inner = before.editableBy(edit);
    int at = inner.childOf(key);
    inner.children[at] = put(inner.children[at], key, value);
    Node child = takeSplit();
    if (child == null) {
      return inner;
    }
    at++;
    if (inner.size < Node.CAPACITY) {
      inner.insert(at, separator, child);
      return inner;
    }
    byte[] childSeparator = separator;
    int point = splitPoint(at);
    if (point == Node.CAPACITY) {
      Node.Inner right = new Node.Inner(edit);
      right.add(childSeparator, child);
      splitInner = right;
      return inner;
    }
    byte[] middle = inner.keys[point - 1];
    Node.Inner right = inner.splitOff(point);
    if (at > point) {
      right.insert(at - point, childSeparator, child);
    } else {
      inner.insert(at, childSeparator, child);
    }
    splitInner = right;
    separator = middle;
    return inner;
  }

  // Keys that grow, such as revisions, always land at the end: cutting there instead of in the
  // middle leaves full nodes behind instead of half full ones.
  private static int splitPoint(int at) {
    return at == Node.CAPACITY ? Node.CAPACITY : Node.CAPACITY / 2;
  }

  private @Nullable Node takeSplit() {
    Node split = splitLeaf != null ? splitLeaf : splitInner;
    splitLeaf = null;
    splitInner = null;
    return split;
  }

  /** Removes a key; changes and copies nothing when it is absent. */
  void delete(byte[] key) {
    removed = false;
    root = delete(root, key);
    while (root instanceof Node.Inner inner && inner.size <= 1) {
      root = inner.size == 1 ? inner.children[0] : new Node.Leaf(edit);
    }
  }

  private Node delete(Node node, byte[] key) {
    if (node instanceof Node.Inner inner) {
      int at = inner.childOf(key);
      Node child = delete(inner.children[at], key);
      return removed ? shrink(inner.editableBy(edit), at, child) : inner;
    }
    Node.Leaf leaf = (Node.Leaf) node;
    int at = leaf.find(key);
    if (at < 0) {
      return leaf;
    }
    removed = true;
    entries--;
    bytes -= key.length + leaf.values[at].length;
    Node.Leaf changed = leaf.editableBy(edit);
    changed.remove(at);
    return changed;
  }

  private Node.Inner shrink(Node.Inner parent, int at, Node child) {
    parent.children[at] = child;
    if (child.size == 0) {
      parent.remove(at);
    } else if (child.size < Node.SPARSE && parent.size > 1) {
      int left = at == 0 ? 0 : at - 1;
      Node right = parent.children[left + 1];
      // Some room is left, or the next put would split what was just merged.
      if (parent.children[left].size + right.size <= Node.CAPACITY * 3 / 4) {
        Node merged = parent.children[left].editableBy(edit);
        merged.append(parent.keys[left], right);
        parent.children[left] = merged;
        parent.remove(left + 1);
      }
    }
    return parent;
  }
}
