package io.metastore.app.bench;

import static io.metastore.app.bench.Http2Frames.ACK;
import static io.metastore.app.bench.Http2Frames.CONTINUATION;
import static io.metastore.app.bench.Http2Frames.DATA;
import static io.metastore.app.bench.Http2Frames.END_HEADERS;
import static io.metastore.app.bench.Http2Frames.END_STREAM;
import static io.metastore.app.bench.Http2Frames.FRAME_DEFAULT_BYTES;
import static io.metastore.app.bench.Http2Frames.FRAME_HEADER_BYTES;
import static io.metastore.app.bench.Http2Frames.GO_AWAY;
import static io.metastore.app.bench.Http2Frames.HEADERS;
import static io.metastore.app.bench.Http2Frames.PADDED;
import static io.metastore.app.bench.Http2Frames.PING;
import static io.metastore.app.bench.Http2Frames.PRIORITY;
import static io.metastore.app.bench.Http2Frames.RST_STREAM;
import static io.metastore.app.bench.Http2Frames.SETTINGS;
import static io.metastore.app.bench.Http2Frames.SETTING_BYTES;
import static io.metastore.app.bench.Http2Frames.SETTING_HEADER_TABLE_SIZE;
import static io.metastore.app.bench.Http2Frames.SETTING_INITIAL_WINDOW_SIZE;
import static io.metastore.app.bench.Http2Frames.SETTING_MAX_CONCURRENT_STREAMS;
import static io.metastore.app.bench.Http2Frames.SETTING_MAX_FRAME_SIZE;
import static io.metastore.app.bench.Http2Frames.WINDOW_DEFAULT_BYTES;
import static io.metastore.app.bench.Http2Frames.WINDOW_UPDATE;
import static io.metastore.app.bench.Http2Frames.header;
import static io.metastore.app.bench.Http2Frames.isNext;
import static io.metastore.app.bench.Http2Frames.preface;
import static io.metastore.app.bench.Http2Frames.windowUpdate;

import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One TCP connection that speaks just enough HTTP/2 for gRPC calls.
 *
 * <p>What is written while a read is handled goes out in one piece at its end. An answer's first
 * headers are not looked at; its trailers are decoded only when they are not the bytes that have
 * meant success before. Both rest on the settings in {@link Http2Frames#preface}.
 *
 * <p>Used by its event loop only, as every Netty handler is.
 */
final class Http2Session extends ByteToMessageDecoder {
  private static final int READ_CREDIT_BYTES = 1 << 24;

  private final RequestHeaders headers;
  private final CompletableFuture<Http2Session> ready;
  private final DefaultHttp2HeadersDecoder headersDecoder = new DefaultHttp2HeadersDecoder(false);
  private final IntObjectMap<Http2Stream> streams = new IntObjectHashMap<>();

  /** Requests that wait for the server to allow more streams, in order. */
  private final ArrayDeque<Http2Stream> waiting = new ArrayDeque<>();

  /** Streams whose request is not sent to its end, in order. */
  private final ArrayDeque<Http2Stream> unsent = new ArrayDeque<>();

  private byte[] okTrailers = new byte[0];
  private @Nullable ChannelHandlerContext context;
  private @Nullable ByteBuf out;
  private boolean reading;
  private boolean closed;
  private String closeReason = "connection closed";
  private int nextStream = 1;
  private long sendWindow = WINDOW_DEFAULT_BYTES;
  private long streamWindow = WINDOW_DEFAULT_BYTES;
  private long streamsMax = Long.MAX_VALUE;
  private int frameMax = FRAME_DEFAULT_BYTES;
  private int readSinceUpdate;

  /** A session whose {@code ready} completes with the server's settings, or with the failure. */
  Http2Session(Endpoint endpoint, CompletableFuture<Http2Session> ready) {
    this.headers = new RequestHeaders(endpoint.toString());
    this.ready = ready;
  }

  /** True when requests can be sent no more. */
  boolean isClosed() {
    return closed;
  }

  /** Starts a call, or fails it. */
  void add(Http2Stream stream) {
    if (closed || nextStream < 0) {
      stream.failed("UNAVAILABLE: " + closeReason);
    } else if (streams.size() >= streamsMax) {
      waiting.add(stream);
    } else {
      start(stream);
    }
  }

  /** Sends more messages of a call that was added; nothing when it has ended. */
  void send(StreamingCall call, List<byte[]> messages) {
    boolean idle = call.unsent() == 0;
    call.append(messages);
    if (idle && streams.get(call.id) == call) {
      unsent.add(call);
      sendUnsent();
      if (!reading) {
        flushOut();
      }
    }
  }

  private void start(Http2Stream stream) {
    stream.id = nextStream;
    stream.sendWindow = streamWindow;
    nextStream += 2;
    streams.put(stream.id, stream);
    byte[] block = headers.next(stream.method);
    header(out(), block.length, HEADERS, END_HEADERS, stream.id);
    out().writeBytes(block);
    if (stream.unsent() > 0) {
      unsent.add(stream);
      sendUnsent();
    }
    if (!reading) {
      flushOut();
    }
  }

  /** Sends what the windows allow. In order: a stream that may not send holds up the next. */
  private void sendUnsent() {
    for (Http2Stream stream = unsent.peek(); stream != null; stream = unsent.peek()) {
      long window = Math.min(sendWindow, stream.sendWindow);
      int chunk = (int) Math.min(Math.min(window, frameMax), stream.unsent());
      if (chunk <= 0) {
        return;
      }
      boolean whole = chunk == stream.unsent();
      boolean last = whole && stream.endsWithMessage();
      header(out(), chunk, DATA, last ? END_STREAM : 0, stream.id);
      out().writeBytes(stream.message, stream.sent, chunk);
      stream.sent += chunk;
      stream.sendWindow -= chunk;
      sendWindow -= chunk;
      if (whole && !stream.nextMessage()) {
        unsent.remove();
      }
    }
  }

  private ByteBuf out() {
    ByteBuf buffer = out;
    if (buffer == null) {
      buffer = context().alloc().buffer(4096);
      out = buffer;
    }
    return buffer;
  }

  private void flushOut() {
    ByteBuf buffer = out;
    if (buffer != null) {
      out = null;
      // A failed write closes the channel, which channelInactive tells to every stream.
      var unused = context().writeAndFlush(buffer, context().voidPromise());
    }
  }

  private ChannelHandlerContext context() {
    return Objects.requireNonNull(context, "not connected");
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    preface(out());
    flushOut();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
    reading = true;
    super.channelRead(ctx, message);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
    super.channelReadComplete(ctx);
    reading = false;
    flushOut();
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> unused)
      throws Exception {
    while (in.readableBytes() >= FRAME_HEADER_BYTES) {
      int length = in.getUnsignedMedium(in.readerIndex());
      if (in.readableBytes() < FRAME_HEADER_BYTES + length) {
        return;
      }
      in.skipBytes(3);
      int type = in.readByte();
      int flags = in.readByte();
      int stream = in.readInt() & Integer.MAX_VALUE;
      int end = in.readerIndex() + length;
      frame(type, flags, stream, in, length);
      in.readerIndex(end);
    }
  }

  private void frame(int type, int flags, int stream, ByteBuf in, int length)
      throws Http2Exception {
    switch (type) {
      case DATA -> data(flags, stream, in, length);
      case HEADERS -> headers(flags, stream, in, length);
      case RST_STREAM -> fail(stream, "UNAVAILABLE: stream reset, HTTP/2 error " + in.readInt());
      case SETTINGS -> settings(flags, in, length);
      case PING -> ping(flags, in, length);
      case GO_AWAY -> goAway(in, length);
      case WINDOW_UPDATE -> windowUpdated(stream, in.readInt());
      // A server of ours or etcd's sends a few bytes of headers; they fit a frame.
      case CONTINUATION -> throw new IllegalStateException("headers larger than a frame");
      default -> {} // Unknown frames must be ignored (RFC 9113, 5.5).
    }
  }

  private void data(int flags, int id, ByteBuf in, int length) {
    readSinceUpdate += length;
    if (readSinceUpdate >= READ_CREDIT_BYTES) {
      windowUpdate(out(), 0, readSinceUpdate);
      readSinceUpdate = 0;
    }
    int padding = (flags & PADDED) == 0 ? 0 : in.readUnsignedByte() + 1;
    Http2Stream stream = streams.get(id);
    if (stream != null) {
      stream.uncredited += length;
      if (stream.uncredited >= READ_CREDIT_BYTES) {
        windowUpdate(out(), id, stream.uncredited);
        stream.uncredited = 0;
      }
      stream.received(in, length - padding);
    }
    if ((flags & END_STREAM) != 0) {
      fail(id, "INTERNAL: answer without a status");
    }
  }

  private void headers(int flags, int id, ByteBuf in, int length) throws Http2Exception {
    int padding = (flags & PADDED) == 0 ? 0 : in.readUnsignedByte() + 1;
    int priority = (flags & PRIORITY) == 0 ? 0 : 5;
    in.skipBytes(priority);
    if ((flags & END_STREAM) == 0) {
      return;
    }
    byte[] block = okTrailers;
    int size = length - padding - priority;
    if (size == block.length && isNext(in, block)) {
      succeed(id);
      return;
    }
    ByteBuf trailers = in.slice(in.readerIndex(), size);
    byte[] copy = new byte[size];
    trailers.getBytes(trailers.readerIndex(), copy);
    Http2Headers decoded = headersDecoder.decodeHeaders(id, trailers);
    CharSequence status = decoded.get("grpc-status");
    if (status == null) {
      fail(id, "UNAVAILABLE: not a gRPC server, HTTP status " + decoded.status());
    } else if (status.toString().equals("0")) {
      okTrailers = copy;
      succeed(id);
    } else {
      Status.Code code = Status.fromCodeValue(Integer.parseInt(status.toString())).getCode();
      CharSequence text = decoded.get("grpc-message");
      fail(id, text == null ? code.toString() : code + ": " + text);
    }
  }

  private void settings(int flags, ByteBuf in, int length) {
    if ((flags & ACK) != 0) {
      return;
    }
    for (int i = 0; i < length; i += SETTING_BYTES) {
      int setting = in.readUnsignedShort();
      long value = in.readUnsignedInt();
      switch (setting) {
        case SETTING_HEADER_TABLE_SIZE -> requireTable(value);
        case SETTING_MAX_CONCURRENT_STREAMS -> streamsMax = value;
        case SETTING_MAX_FRAME_SIZE -> frameMax = (int) value;
        case SETTING_INITIAL_WINDOW_SIZE -> {
          long change = value - streamWindow;
          streamWindow = value;
          streams.values().forEach(stream -> stream.sendWindow += change);
        }
        default -> {} // Nothing else bears on a client that sends small requests.
      }
    }
    header(out(), 0, SETTINGS, ACK, 0);
    sendUnsent();
    ready.complete(this);
  }

  private static void requireTable(long bytes) {
    if (bytes < 1024) {
      throw new IllegalStateException("server takes a header table of only " + bytes + " bytes");
    }
  }

  private void ping(int flags, ByteBuf in, int length) {
    if ((flags & ACK) == 0) {
      header(out(), length, PING, ACK, 0);
      out().writeBytes(in, length);
    }
  }

  private void goAway(ByteBuf in, int length) {
    in.skipBytes(Integer.BYTES);
    long error = in.readUnsignedInt();
    String text = in.toString(in.readerIndex(), length - 8, StandardCharsets.UTF_8);
    closeReason = "server closes the connection, HTTP/2 error " + error + " " + text;
    closed = true;
    var unused = context().close();
  }

  private void windowUpdated(int id, int bytes) {
    if (id == 0) {
      sendWindow += bytes;
    } else {
      Http2Stream stream = streams.get(id);
      if (stream != null) {
        stream.sendWindow += bytes;
      }
    }
    sendUnsent();
  }

  private void succeed(int id) {
    Http2Stream stream = streams.remove(id);
    if (stream != null) {
      if (stream.unsent() > 0) {
        unsent.remove(stream);
      }
      startWaiting();
      stream.succeeded();
    }
  }

  private void fail(int id, String text) {
    Http2Stream stream = streams.remove(id);
    if (stream != null) {
      unsent.remove(stream);
      startWaiting();
      stream.failed(text);
    }
  }

  private void startWaiting() {
    Http2Stream next = waiting.poll();
    if (next != null) {
      start(next);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    Throwable root = cause.getCause() == null ? cause : cause.getCause();
    closeReason = root.getMessage() == null ? root.toString() : root.getMessage();
    var unused = ctx.close();
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext ctx) {
    closed = true;
    if (out != null) {
      out.release();
      out = null;
    }
    ready.completeExceptionally(new IOException(closeReason));
    List<Http2Stream> lost = new ArrayList<>(streams.values());
    lost.addAll(waiting);
    streams.clear();
    waiting.clear();
    unsent.clear();
    lost.forEach(stream -> stream.failed("UNAVAILABLE: " + closeReason));
  }
}
