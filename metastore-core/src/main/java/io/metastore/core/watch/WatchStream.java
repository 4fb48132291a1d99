package io.metastore.core.watch;

import io.metastore.api.ErrorCode;
import io.metastore.core.message.WatchRequest;

/** The server's end of a stream of watches. Thread-safe; nothing blocks for long. */
public interface WatchStream {
  /**
   * Creates or cancels a watch, or asks for progress, as etcd does; every answer, refusals too,
   * comes as a response. To be called once at the start and then once for each {@link
   * WatchReceiver#more()}.
   */
  void request(WatchRequest request);

  /** The receiver has become ready. */
  void ready();

  /** Ends the stream from the server's side. */
  void end(ErrorCode reason);

  /** The client is gone: forgets the stream and its watches. Closing twice is harmless. */
  void close();
}
