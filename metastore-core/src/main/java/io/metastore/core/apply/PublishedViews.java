package io.metastore.core.apply;

import io.metastore.core.mvcc.PublishedView;
import io.metastore.core.mvcc.StoreState;

/** Where readers get what is published. Thread-safe. */
public interface PublishedViews {
  /**
   * The newest published view, held for the caller, who closes it.
   *
   * @throws io.metastore.api.MetastoreException with {@code STOPPED} when there are no more
   */
  PublishedView acquire();

  /** The newest published state. */
  StoreState state();
}
