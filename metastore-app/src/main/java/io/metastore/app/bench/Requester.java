package io.metastore.app.bench;

/**
 * Something that takes requests and tells of the answer to each.
 *
 * <p>Safe for use from any thread.
 */
interface Requester {
  /**
   * Sends one request and returns at once.
   *
   * @param message the encoded request; owned by the callee from here on
   * @param reply told once how the call ended, on a connection's event loop or, when it fails at
   *     once, on the caller's thread
   */
  void send(EtcdMethod method, byte[] message, Reply reply);

  /** How a request ended: one of the two is called, once. */
  interface Reply {
    /** The server answered; the array is the encoded response and is the callee's to keep. */
    void onMessage(byte[] message);

    /** The request failed; {@code text} is what errors are counted by. */
    void onError(String text);
  }
}
