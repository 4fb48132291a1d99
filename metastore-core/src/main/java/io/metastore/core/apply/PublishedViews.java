package io.metastore.core.apply;

import io.metastore.core.mvcc.PublishedView;
import io.metastore.core.mvcc.StoreState;

/** Where readers get what is published. Thread-safe. */
public interface PublishedViews {
  /**
   * The newest published view, held for the caller, who closes it.
   *
   * @throws IllegalStateException when the state machine is closed
   */
  PublishedView acquire();

  /** The newest published state. */
  StoreState state();
}
