package io.metastore.core.watch;

import io.metastore.api.storage.Cursor;
import io.metastore.api.storage.KeyRange;
import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.ScanDirection;
import io.metastore.api.storage.StorageView;
import io.metastore.core.mvcc.PublishedView;
import java.util.Optional;

/** The keyspaces of a published view, which is given up when this is closed. */
record Held(PublishedView published) implements StorageView {
  @Override
  public Optional<byte[]> get(Keyspace keyspace, byte[] key) {
    return published.view().get(keyspace, key);
  }

  @Override
  public Cursor scan(Keyspace keyspace, KeyRange range, ScanDirection direction) {
    return published.view().scan(keyspace, range, direction);
  }

  @Override
  public void close() {
    published.close();
  }
}
