package io.metastore.core.watch;

import io.metastore.core.message.WatchRequest;

/** A stream of watches whose requests come from a client that may not watch everything. */
public interface ServedWatchStream extends WatchStream {
  @Override
  default void request(WatchRequest request) {
    request(request, "");
  }

  /**
   * As {@link #request(WatchRequest)}, for a request that may be denied.
   *
   * @param denied when not empty, what the creation of a watch is answered with, in place of the
   *     watch; the stream goes on
   */
  void request(WatchRequest request, String denied);
}
