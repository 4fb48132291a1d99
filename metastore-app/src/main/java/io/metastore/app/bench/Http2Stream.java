package io.metastore.app.bench;

import io.netty.buffer.ByteBuf;

/**
 * One call on an {@link Http2Session}: what of it is to be sent and where its answer goes.
 *
 * <p>Used by the session's event loop only.
 */
abstract sealed class Http2Stream permits UnaryCall, StreamingCall {
  static final int MESSAGE_HEADER_BYTES = 5;

  final EtcdMethod method;

  /** The message that is being sent, with gRPC's prefix; sent up to {@link #sent}. */
  byte[] message = new byte[0];

  int sent;

  /** Given when the call starts; 0 while it waits for that. */
  int id;

  /** How much more the server lets this stream send. */
  long sendWindow;

  /** Content received since the server was last allowed more of it. */
  int uncredited;

  Http2Stream(EtcdMethod method) {
    this.method = method;
  }

  /** A message as gRPC's length-prefixed one. */
  static byte[] prefixed(byte[] message) {
    byte[] prefixed = new byte[MESSAGE_HEADER_BYTES + message.length];
    prefixed[1] = (byte) (message.length >>> 24);
    prefixed[2] = (byte) (message.length >>> 16);
    prefixed[3] = (byte) (message.length >>> 8);
    prefixed[4] = (byte) message.length;
    System.arraycopy(message, 0, prefixed, MESSAGE_HEADER_BYTES, message.length);
    return prefixed;
  }

  final int unsent() {
    return message.length - sent;
  }

  /** Whether the client's side ends with the message that is being sent. */
  abstract boolean endsWithMessage();

  /** Makes the next message the one to send; false when there is none. */
  abstract boolean nextMessage();

  /** Takes a DATA frame's content. */
  abstract void received(ByteBuf in, int length);

  /** The stream ended with grpc-status 0. */
  abstract void succeeded();

  /** The stream ended in any other way. */
  abstract void failed(String text);
}
