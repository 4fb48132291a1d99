package io.metastore.app.bench;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/** One request in flight on an {@link Http2Session}, and what came back of its answer so far. */
final class Http2Stream {
  private static final int MESSAGE_HEADER_BYTES = 5;

  final KvMethod method;
  final Connection.Reply reply;

  /** The request, as gRPC's length-prefixed message; sent up to {@link #sent}. */
  final byte[] request;

  int sent;

  /** Given when the request starts; 0 while it waits for that. */
  int id;

  /** How much more the server lets this stream send. */
  long sendWindow;

  private byte[] answer = new byte[0];

  Http2Stream(KvMethod method, byte[] message, Connection.Reply reply) {
    this.method = method;
    this.reply = reply;
    request = new byte[MESSAGE_HEADER_BYTES + message.length];
    request[1] = (byte) (message.length >>> 24);
    request[2] = (byte) (message.length >>> 16);
    request[3] = (byte) (message.length >>> 8);
    request[4] = (byte) message.length;
    System.arraycopy(message, 0, request, MESSAGE_HEADER_BYTES, message.length);
  }

  int unsent() {
    return request.length - sent;
  }

  /** Takes a DATA frame's content. */
  void received(ByteBuf in, int length) {
    int before = answer.length;
    // An answer is nearly always one frame, so this nearly always allocates just what is needed.
    answer = Arrays.copyOf(answer, before + length);
    in.readBytes(answer, before, length);
  }

  /** The stream ended with grpc-status 0. */
  void succeeded() {
    if (answer.length < MESSAGE_HEADER_BYTES || answer[0] != 0) {
      reply.onError("INTERNAL: success without an uncompressed message");
    } else {
      reply.onMessage(Arrays.copyOfRange(answer, MESSAGE_HEADER_BYTES, answer.length));
    }
  }
}
