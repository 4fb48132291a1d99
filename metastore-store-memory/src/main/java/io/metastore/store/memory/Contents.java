package io.metastore.store.memory;

import io.metastore.api.storage.Keyspace;
import java.util.EnumMap;
import java.util.Map;

/**
 * All keyspaces at one moment. Immutable, so reading it needs no lock.
 *
 * @param trees one for every keyspace
 * @param edit number of the last batch that is in it, 0 when it came from a file
 */
record Contents(Map<Keyspace, Tree> trees, long edit) {
  // What an entry takes beside its bytes: two array headers with padding (40) and its two slots in
  // a leaf that is two thirds full (12), plus its share of the nodes above. Measured, see the
  // engine's benchmark.
  private static final long ENTRY_OVERHEAD_BYTES = 56;

  Contents {
    if (trees.size() != Keyspace.values().length) {
      throw new IllegalStateException("keyspaces missing: have " + trees.keySet());
    }
  }

  /** Contents without entries. */
  static Contents empty() {
    Map<Keyspace, Tree> trees = new EnumMap<>(Keyspace.class);
    for (Keyspace keyspace : Keyspace.values()) {
      trees.put(keyspace, Tree.EMPTY);
    }
    return new Contents(trees, 0);
  }

  Tree tree(Keyspace keyspace) {
    Tree tree = trees.get(keyspace);
    if (tree == null) {
      throw new IllegalStateException("no tree for keyspace " + keyspace);
    }
    return tree;
  }

  /** Number of entries in all keyspaces. */
  long entries() {
    return trees.values().stream().mapToLong(Tree::entries).sum();
  }

  /** Estimated heap that everything takes. */
  long heapBytes() {
    return trees.values().stream().mapToLong(Tree::bytes).sum() + entries() * ENTRY_OVERHEAD_BYTES;
  }
}
