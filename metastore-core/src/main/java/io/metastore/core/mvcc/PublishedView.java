package io.metastore.core.mvcc;

import io.metastore.api.storage.StorageView;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The state that readers see: one immutable object per publication, which keeps its engine view
 * open until the last reader has left.
 *
 * <p>Thread-safe. Whoever retained it closes it, once.
 */
public final class PublishedView implements AutoCloseable, ReadState {
  private final StoreState state;
  private final StorageView storage;
  // The publisher's own hold counts as one; at 0 the engine view is closed for good.
  private final AtomicInteger holders = new AtomicInteger(1);

  /** Publishes a view; the caller holds it. */
  public PublishedView(StoreState state, StorageView storage) {
    this.state = state;
    this.storage = storage;
  }

  /** Revision, compaction mark and applied position of this view. */
  public StoreState state() {
    return state;
  }

  /** The engine's view; valid while this one is held. */
  @Override
  public StorageView view() {
    return storage;
  }

  @Override
  public long revisionToRead() {
    return state.revision();
  }

  @Override
  public long keys() {
    return state.keys();
  }

  @Override
  public long compactedRevision() {
    return state.compactedRevision();
  }

  /**
   * Takes a hold.
   *
   * @return false when the view has been given up by everybody already
   */
  public boolean retain() {
    while (true) {
      int seen = holders.get();
      if (seen == 0) {
        return false;
      }
      if (holders.compareAndSet(seen, seen + 1)) {
        return true;
      }
    }
  }

  /** Gives up one hold. */
  @Override
  public void close() {
    if (holders.decrementAndGet() == 0) {
      storage.close();
    }
  }
}
