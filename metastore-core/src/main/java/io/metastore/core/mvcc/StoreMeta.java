package io.metastore.core.mvcc;

import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.StorageEngine;
import io.metastore.api.storage.StorageView;
import io.metastore.api.storage.WriteBatch;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Where the META keyspace holds what. */
public final class StoreMeta {
  static final byte[] STATE_KEY = "state".getBytes(StandardCharsets.US_ASCII);
  // This member's own: how far it is with removing what nobody can read.
  static final byte[] PURGE_KEY = "purge".getBytes(StandardCharsets.US_ASCII);

  private static final byte[] ORIGIN_PREFIX = "origin".getBytes(StandardCharsets.US_ASCII);
  // This member's own: where in the log the image ended that its store was made of.
  private static final byte[] INSTALLED_KEY = "installed".getBytes(StandardCharsets.US_ASCII);

  private StoreMeta() {}

  /** What the keys of all origins begin with. */
  public static byte[] originPrefix() {
    return ORIGIN_PREFIX.clone();
  }

  /** The key of what is known of an origin's entries. */
  public static byte[] originKey(long origin) {
    return ByteBuffer.allocate(ORIGIN_PREFIX.length + Long.BYTES)
        .put(ORIGIN_PREFIX)
        .putLong(origin)
        .array();
  }

  /**
   * Notes, durably, that a store was made of an image: its log need not reach back, or even up to,
   * where that ended.
   */
  public static void noteInstalled(StorageEngine engine) {
    long index;
    try (PublishedView view = publish(engine)) {
      index = view.state().appliedIndex();
    }
    WriteBatch batch = new WriteBatch();
    batch.put(Keyspace.META, INSTALLED_KEY, ByteBuffer.allocate(Long.BYTES).putLong(index).array());
    engine.commit(batch);
    engine.flush();
  }

  /** Where the image ended that a store was made of; 0 when it was made of the log alone. */
  public static long installedIndex(StorageView view) {
    return view.get(Keyspace.META, INSTALLED_KEY)
        .map(encoded -> ByteBuffer.wrap(encoded).getLong())
        .orElse(0L);
  }

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
