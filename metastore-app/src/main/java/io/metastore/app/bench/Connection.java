package io.metastore.app.bench;

import java.util.List;

/**
 * One connection to a server, shared by the requests and the streams in flight on it.
 *
 * <p>Safe for use from any thread.
 */
interface Connection extends Requester, AutoCloseable {
  /**
   * Starts a call with a stream of messages each way. It ends with the connection or when the
   * server ends it, which either way is an error to the receiver.
   */
  Stream open(EtcdMethod method, Receiver receiver);

  /** Closes the connection; requests and streams in flight fail. */
  @Override
  void close();

  /** The client's side of a stream; safe for use from any thread. */
  interface Stream {
    /** Sends encoded messages, in order. A stream that has ended takes them and does nothing. */
    void send(List<byte[]> messages);
  }

  /** The server's side of a stream, called on the connection's event loop. */
  interface Receiver {
    /** One encoded message: {@code length} bytes that are valid until this method returns. */
    void onMessage(byte[] buffer, int offset, int length);

    /** The stream has ended; called once. */
    void onError(String text);
  }
}
