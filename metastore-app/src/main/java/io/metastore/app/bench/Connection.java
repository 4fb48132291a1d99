package io.metastore.app.bench;

/**
 * One connection to a server, shared by the requests in flight on it.
 *
 * <p>Safe for use from any thread.
 */
interface Connection extends AutoCloseable {
  /**
   * Sends one request and returns at once.
   *
   * @param message the encoded request; owned by the connection from here on
   * @param reply told once how the call ended, on the connection's event loop or, when it fails at
   *     once, on the caller's thread
   */
  void send(KvMethod method, byte[] message, Reply reply);

  /** Closes the connection; requests in flight fail. */
  @Override
  void close();

  /** How a call ended: one of the two is called, once. */
  interface Reply {
    /** The server answered; the array is the encoded response and is the callee's to keep. */
    void onMessage(byte[] message);

    /** The call failed; {@code text} is what errors are counted by. */
    void onError(String text);
  }
}
