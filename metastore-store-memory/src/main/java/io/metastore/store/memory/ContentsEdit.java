package io.metastore.store.memory;

import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.WriteBatch;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The changes of one batch to all keyspaces. Not thread-safe: it lives inside a commit. */
final class ContentsEdit implements WriteBatch.Visitor {
  private final Contents before;
  private final long edit;
  private final Map<Keyspace, TreeEdit> edits = new EnumMap<>(Keyspace.class);

  // Operations on one keyspace tend to follow each other.
  private @Nullable Keyspace lastKeyspace;
  private @Nullable TreeEdit lastEdit;

  ContentsEdit(Contents before, long edit) {
    this.before = before;
    this.edit = edit;
  }

  @Override
  public void put(Keyspace keyspace, byte[] key, byte[] value) {
    tree(keyspace).put(key, value);
  }

  @Override
  public void delete(Keyspace keyspace, byte[] key) {
    tree(keyspace).delete(key);
  }

  private TreeEdit tree(Keyspace keyspace) {
    if (lastEdit == null || keyspace != lastKeyspace) {
      lastEdit = edits.computeIfAbsent(keyspace, k -> new TreeEdit(before.tree(k), edit));
      lastKeyspace = keyspace;
    }
    return lastEdit;
  }

  /** The contents with all changes. */
  Contents done() {
    Map<Keyspace, Tree> trees = new EnumMap<>(before.trees());
    edits.forEach((keyspace, tree) -> trees.put(keyspace, tree.done()));
    return new Contents(trees, edit);
  }
}
