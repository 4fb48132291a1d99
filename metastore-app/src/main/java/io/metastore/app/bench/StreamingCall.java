package io.metastore.app.bench;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;

/** A call with a stream of messages each way. Its messages are handed on as they become whole. */
final class StreamingCall extends Http2Stream {
  private final Connection.Receiver receiver;
  private final ArrayDeque<byte[]> later = new ArrayDeque<>();

  /** What was received and not handed on, which is at most one message and one frame. */
  private byte[] buffer = new byte[0];

  private int filled;

  StreamingCall(EtcdMethod method, Connection.Receiver receiver) {
    super(method);
    this.receiver = receiver;
  }

  /** Adds messages behind those that are not sent yet. */
  void append(List<byte[]> messages) {
    for (byte[] added : messages) {
      later.add(prefixed(added));
    }
    if (unsent() == 0) {
      nextMessage();
    }
  }

  @Override
  boolean endsWithMessage() {
    return false;
  }

  @Override
  boolean nextMessage() {
    byte[] next = later.poll();
    if (next == null) {
      return false;
    }
    message = next;
    sent = 0;
    return true;
  }

  @Override
  void received(ByteBuf in, int length) {
    if (filled + length > buffer.length) {
      buffer = Arrays.copyOf(buffer, filled + length);
    }
    in.readBytes(buffer, filled, length);
    filled += length;
    int start = 0;
    while (filled - start >= MESSAGE_HEADER_BYTES) {
      int size = size(start);
      if (filled - start - MESSAGE_HEADER_BYTES < size) {
        break;
      }
      receiver.onMessage(buffer, start + MESSAGE_HEADER_BYTES, size);
      start += MESSAGE_HEADER_BYTES + size;
    }
    System.arraycopy(buffer, start, buffer, 0, filled - start);
    filled -= start;
  }

  private int size(int start) {
    if (buffer[start] != 0) {
      throw new IllegalStateException("compressed message, which was not asked for");
    }
    return buffer[start + 1] << 24
        | (buffer[start + 2] & 0xff) << 16
        | (buffer[start + 3] & 0xff) << 8
        | (buffer[start + 4] & 0xff);
  }

  @Override
  void succeeded() {
    receiver.onError("stream ended by the server");
  }

  @Override
  void failed(String text) {
    receiver.onError(text);
  }
}
