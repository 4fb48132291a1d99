package io.metastore.store.memory;

import io.metastore.api.storage.Cursor;
import io.metastore.api.storage.KeyRange;
import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.ScanDirection;
import io.metastore.api.storage.StorageView;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The contents of one moment. Thread-safe. */
final class MemoryView implements StorageView {
  private final MemoryEngine engine;

  // Dropped by close, so that a closed view that someone still refers to keeps no data alive.
  private volatile @Nullable Contents contents;

  MemoryView(MemoryEngine engine, Contents contents) {
    this.engine = engine;
    this.contents = contents;
  }

  @Override
  public Optional<byte[]> get(Keyspace keyspace, byte[] key) {
    return Optional.ofNullable(contents().tree(keyspace).find(key));
  }

  @Override
  public Cursor scan(Keyspace keyspace, KeyRange range, ScanDirection direction) {
    Tree all = contents().tree(keyspace);
    Tree tree = range.isEmpty() ? Tree.EMPTY : all;
    return new MemoryCursor(this, new TreeCursor(tree, range, direction));
  }

  @Override
  public void close() {
    contents = null;
  }

  /** The contents, unless the view or the engine is closed. */
  Contents contents() {
    Contents open = contents;
    if (open == null || engine.isClosed()) {
      throw new IllegalStateException("storage view is closed");
    }
    return open;
  }
}
