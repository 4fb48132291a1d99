package io.metastore.app.port;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.SecurityLevel;
import io.grpc.ServerCredentials;
import io.grpc.internal.GrpcAttributes;
import io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.InternalNettyServerCredentials;
import io.grpc.netty.InternalProtocolNegotiationEvent;
import io.grpc.netty.InternalProtocolNegotiator;
import io.grpc.netty.InternalProtocolNegotiators;
import io.grpc.netty.InternalWriteBufferingAndExceptionHandlerUtils;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;

/**
 * Decides per connection, by its first bytes, between gRPC (HTTP/2's preface) and HTTP/1.1
 * (anything else, so that even nonsense is answered by a 400). All use of grpc-java's {@code
 * Internal…} classes is in this file.
 *
 * <p>Under TLS the same decision will be ALPN's, with an {@code SslHandler} in front.
 */
final class PortNegotiator implements InternalProtocolNegotiator.ProtocolNegotiator {
  /** Four bytes are enough: no method of HTTP/1.1 begins like the preface of HTTP/2. */
  private static final byte[] PREFACE = "PRI ".getBytes(StandardCharsets.US_ASCII);

  private static final AsciiString SCHEME = AsciiString.of("http");

  private final Consumer<ChannelPipeline> http1;

  private PortNegotiator(Consumer<ChannelPipeline> http1) {
    this.http1 = http1;
  }

  /**
   * Credentials, in grpc-java's sense, of a port in the clear.
   *
   * @param http1 fills the pipeline of a connection that speaks HTTP/1.1
   */
  static ServerCredentials plaintext(Consumer<ChannelPipeline> http1) {
    return InternalNettyServerCredentials.create(new PortNegotiator(http1));
  }

  @Override
  public AsciiString scheme() {
    return SCHEME;
  }

  @Override
  public ChannelHandler newHandler(GrpcHttp2ConnectionHandler grpc) {
    return new FirstBytes(grpc, http1);
  }

  @Override
  public void close() {}

  /** Waits for the first bytes, then makes way for the protocol they belong to. */
  private static final class FirstBytes extends ByteToMessageDecoder {
    private final GrpcHttp2ConnectionHandler grpc;
    private final Consumer<ChannelPipeline> http1;

    FirstBytes(GrpcHttp2ConnectionHandler grpc, Consumer<ChannelPipeline> http1) {
      this.grpc = grpc;
      this.http1 = http1;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
      int seen = Math.min(in.readableBytes(), PREFACE.length);
      for (int i = 0; i < seen; i++) {
        if (in.getByte(in.readerIndex() + i) != PREFACE[i]) {
          speakHttp1(ctx);
          return;
        }
      }
      if (seen == PREFACE.length) {
        speakGrpc(ctx);
      }
    }

    private void speakGrpc(ChannelHandlerContext ctx) {
      ChannelPipeline pipeline = ctx.pipeline();
      pipeline.addAfter(ctx.name(), null, InternalProtocolNegotiators.grpcNegotiationHandler(grpc));
      Attributes attributes =
          Attributes.newBuilder()
              .set(Grpc.TRANSPORT_ATTR_LOCAL_ADDR, ctx.channel().localAddress())
              .set(Grpc.TRANSPORT_ATTR_REMOTE_ADDR, ctx.channel().remoteAddress())
              .set(GrpcAttributes.ATTR_SECURITY_LEVEL, SecurityLevel.NONE)
              .build();
      ctx.fireUserEventTriggered(
          InternalProtocolNegotiationEvent.withAttributes(
              InternalProtocolNegotiationEvent.getDefault(), attributes));
      pipeline.remove(this); // hands what was read to the next handler
    }

    private void speakHttp1(ChannelHandlerContext ctx) {
      grpc.notifyUnused();
      InternalWriteBufferingAndExceptionHandlerUtils.writeBufferingAndRemove(ctx.channel());
      http1.accept(ctx.pipeline());
      ctx.pipeline().remove(this);
    }
  }
}
