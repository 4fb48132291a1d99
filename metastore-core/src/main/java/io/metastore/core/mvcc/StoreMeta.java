package io.metastore.core.mvcc;

import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.StorageEngine;
import io.metastore.api.storage.StorageView;
import java.nio.charset.StandardCharsets;

/** Where the META keyspace holds what. */
public final class StoreMeta {
  static final byte[] STATE_KEY = "state".getBytes(StandardCharsets.US_ASCII);
  // This member's own: how far it is with removing what nobody can read.
  static final byte[] PURGE_KEY = "purge".getBytes(StandardCharsets.US_ASCII);

  private StoreMeta() {}

  /** Publishes what an engine holds, at its start or after a batch; the caller holds the view. */
  public static PublishedView publish(StorageEngine engine) {
    StorageView view = engine.view();
    try {
      StoreState state =
          view.get(Keyspace.META, STATE_KEY).map(StoreState::decode).orElseGet(StoreState::empty);
      return new PublishedView(state, view);
    } catch (RuntimeException e) {
      view.close();
      throw e;
    }
  }
}
