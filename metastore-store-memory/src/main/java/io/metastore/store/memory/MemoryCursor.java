package io.metastore.store.memory;

import io.metastore.api.storage.Cursor;
import org.jspecify.annotations.Nullable;

/** A walk in a view. Not thread-safe. */
final class MemoryCursor implements Cursor {
  private final MemoryView view;
  private @Nullable TreeCursor walk;
  private boolean atEntry;

  MemoryCursor(MemoryView view, TreeCursor walk) {
    this.view = view;
    this.walk = walk;
  }

  @Override
  public boolean next() {
    TreeCursor open = walk;
    if (open == null) {
      throw new IllegalStateException("storage cursor is closed");
    }
    var unused = view.contents();
    atEntry = open.next();
    return atEntry;
  }

  @Override
  public byte[] key() {
    return entry().key();
  }

  @Override
  public byte[] value() {
    return entry().value();
  }

  private TreeCursor entry() {
    TreeCursor open = walk;
    if (open == null || !atEntry) {
      throw new IllegalStateException("storage cursor is at no entry");
    }
    return open;
  }

  @Override
  public void close() {
    walk = null;
    atEntry = false;
  }
}
