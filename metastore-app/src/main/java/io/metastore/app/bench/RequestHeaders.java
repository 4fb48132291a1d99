package io.metastore.app.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Header blocks of one connection's requests (HPACK, RFC 7541).
 *
 * <p>The first block of a method puts its fields into the server's dynamic table, all later ones
 * are a few bytes that point there, as any gRPC client's are. The few entries fit the table's
 * default size, so nothing is ever evicted.
 *
 * <p>Used by the connection's event loop only.
 */
final class RequestHeaders {
  private static final int INDEXED = 0x80;
  private static final int LITERAL_AND_ADD = 0x40;
  // Both fields are whole entries of the static table.
  private static final int METHOD_POST = INDEXED | 3;
  private static final int SCHEME_HTTP = INDEXED | 6;
  private static final int STATIC_ENTRIES = 61;

  private final String authority;
  private final List<Field> table = new ArrayList<>();
  private final Map<EtcdMethod, byte[]> blocks = new EnumMap<>(EtcdMethod.class);

  RequestHeaders(String authority) {
    this.authority = authority;
  }

  /** The block for the next request; the caller must send it before it asks for another. */
  byte[] next(EtcdMethod method) {
    byte[] block = blocks.get(method);
    if (block != null) {
      return block;
    }
    int entriesBefore = table.size();
    byte[] encoded = encode(method);
    if (table.size() == entriesBefore) {
      blocks.put(method, encoded);
    } else {
      // New entries move the old ones' numbers.
      blocks.clear();
    }
    return encoded;
  }

  private byte[] encode(EtcdMethod method) {
    ByteBuf out = Unpooled.buffer(128);
    out.writeByte(METHOD_POST).writeByte(SCHEME_HTTP);
    field(out, new Field(":path", method.path()));
    field(out, new Field(":authority", authority));
    field(out, new Field("content-type", "application/grpc"));
    field(out, new Field("te", "trailers"));
    byte[] block = new byte[out.readableBytes()];
    out.readBytes(block);
    return block;
  }

  private void field(ByteBuf out, Field field) {
    int at = table.indexOf(field);
    if (at >= 0) {
      // The newest entry has the lowest number. All stay below 127, where a second byte begins.
      out.writeByte(INDEXED | (STATIC_ENTRIES + table.size() - at));
    } else {
      out.writeByte(LITERAL_AND_ADD);
      string(out, field.name());
      string(out, field.value());
      table.add(field);
    }
  }

  private static void string(ByteBuf out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    // A length of seven bits; a longer host name does not exist in DNS labels worth loading.
    if (bytes.length >= 127) {
      throw new IllegalArgumentException("header field of " + bytes.length + " bytes: " + text);
    }
    out.writeByte(bytes.length).writeBytes(bytes);
  }

  private record Field(String name, String value) {}
}
