package io.metastore.core.watch;

import io.metastore.api.ErrorCode;
import io.metastore.core.message.WatchResponse;

/**
 * The client's end of a stream of watches, as a front end provides it. {@link #send}, {@link #more}
 * and {@link #end} are called one at a time, by changing threads; none may block.
 */
public interface WatchReceiver {
  /** Whether a response can be taken now without piling up. Called from any thread. */
  boolean ready();

  /** Takes a response. */
  void send(WatchResponse response);

  /** The stream can take one more request. */
  void more();

  /** The server has ended the stream; nothing follows. */
  void end(ErrorCode reason);
}
