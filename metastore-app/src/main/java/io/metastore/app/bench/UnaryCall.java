package io.metastore.app.bench;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/** A request in flight, and what came back of its answer so far. */
final class UnaryCall extends Http2Stream {
  private final Requester.Reply reply;
  private byte[] answer = new byte[0];

  UnaryCall(EtcdMethod method, byte[] request, Requester.Reply reply) {
    super(method);
    this.reply = reply;
    message = prefixed(request);
  }

  @Override
  boolean endsWithMessage() {
    return true;
  }

  @Override
  boolean nextMessage() {
    return false;
  }

  @Override
  void received(ByteBuf in, int length) {
    int before = answer.length;
    // An answer is nearly always one frame, so this nearly always allocates just what is needed.
    answer = Arrays.copyOf(answer, before + length);
    in.readBytes(answer, before, length);
  }

  @Override
  void succeeded() {
    if (answer.length < MESSAGE_HEADER_BYTES || answer[0] != 0) {
      reply.onError("INTERNAL: success without an uncompressed message");
    } else {
      reply.onMessage(Arrays.copyOfRange(answer, MESSAGE_HEADER_BYTES, answer.length));
    }
  }

  @Override
  void failed(String text) {
    reply.onError(text);
  }
}
