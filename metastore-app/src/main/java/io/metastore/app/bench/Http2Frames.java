package io.metastore.app.bench;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/** The HTTP/2 frames (RFC 9113) that {@link Http2Session} writes, and their numbers. */
final class Http2Frames {
  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PING = 6;
  static final int GO_AWAY = 7;
  static final int WINDOW_UPDATE = 8;
  static final int CONTINUATION = 9;

  static final int ACK = 0x1;
  static final int END_STREAM = 0x1;
  static final int END_HEADERS = 0x4;
  static final int PADDED = 0x8;
  static final int PRIORITY = 0x20;

  static final int SETTING_HEADER_TABLE_SIZE = 1;
  static final int SETTING_ENABLE_PUSH = 2;
  static final int SETTING_MAX_CONCURRENT_STREAMS = 3;
  static final int SETTING_INITIAL_WINDOW_SIZE = 4;
  static final int SETTING_MAX_FRAME_SIZE = 5;

  static final int FRAME_HEADER_BYTES = 9;
  static final int SETTING_BYTES = 6;
  static final int WINDOW_DEFAULT_BYTES = 65_535;
  static final int WINDOW_MAX_BYTES = Integer.MAX_VALUE;
  static final int FRAME_DEFAULT_BYTES = 16_384;

  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private Http2Frames() {}

  /**
   * What a client says first: windows as large as can be, since this client takes every byte at
   * once, and no dynamic table for the server's headers, so that equal headers are equal bytes.
   */
  static void preface(ByteBuf out) {
    out.writeBytes(PREFACE);
    header(out, 3 * SETTING_BYTES, SETTINGS, 0, 0);
    out.writeShort(SETTING_HEADER_TABLE_SIZE).writeInt(0);
    out.writeShort(SETTING_ENABLE_PUSH).writeInt(0);
    out.writeShort(SETTING_INITIAL_WINDOW_SIZE).writeInt(WINDOW_MAX_BYTES);
    windowUpdate(out, 0, WINDOW_MAX_BYTES - WINDOW_DEFAULT_BYTES);
  }

  static void header(ByteBuf out, int length, int type, int flags, int stream) {
    out.writeMedium(length).writeByte(type).writeByte(flags).writeInt(stream);
  }

  /** Allows the server {@code bytes} more on a stream, or on the whole connection for stream 0. */
  static void windowUpdate(ByteBuf out, int stream, int bytes) {
    header(out, Integer.BYTES, WINDOW_UPDATE, 0, stream);
    out.writeInt(bytes);
  }

  /** Whether these bytes are the next ones to be read. */
  static boolean isNext(ByteBuf in, byte[] bytes) {
    int start = in.readerIndex();
    for (int i = 0; i < bytes.length; i++) {
      if (in.getByte(start + i) != bytes[i]) {
        return false;
      }
    }
    return true;
  }
}
