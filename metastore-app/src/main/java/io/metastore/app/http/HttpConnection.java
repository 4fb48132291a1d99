package io.metastore.app.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One HTTP/1.1 connection. All state belongs to its event loop. */
final class HttpConnection extends SimpleChannelInboundHandler<FullHttpRequest> {
  /** The event that ends a connection when it has nothing to answer. */
  enum Drain {
    NOW
  }

  private static final Logger LOG = LoggerFactory.getLogger(HttpConnection.class);

  private final HttpConnections owner;
  private final Router router;
  private final Duration arrivalMax;
  private @Nullable Future<?> arrivalTimer;
  private boolean busy;

  HttpConnection(HttpConnections owner, Router router, Duration arrivalMax) {
    this.owner = owner;
    this.router = router;
    this.arrivalMax = arrivalMax;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    awaitRequest(ctx);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    stopTimer();
  }

  private void awaitRequest(ChannelHandlerContext ctx) {
    if (!ctx.channel().isActive()) {
      return;
    }
    arrivalTimer =
        ctx.executor().schedule(() -> close(ctx), arrivalMax.toMillis(), TimeUnit.MILLISECONDS);
    // One request at a time, so that pipelined requests are answered in order and a fast sender
    // fills no memory: reading stops while one is being answered.
    ctx.channel().config().setAutoRead(true);
  }

  private void stopTimer() {
    if (arrivalTimer != null) {
      arrivalTimer.cancel(false);
      arrivalTimer = null;
    }
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
    stopTimer();
    if (!ctx.channel().isActive()) {
      return; // what a closed connection had sent of a request comes out of the decoder at its end
    }
    busy = true;
    ctx.channel().config().setAutoRead(false);
    String method = request.method().name();
    boolean head = method.equals("HEAD");
    if (request.decoderResult().isFailure()) {
      write(ctx, malformed(request.decoderResult()), head, false);
      return;
    }
    boolean keepAlive = HttpUtil.isKeepAlive(request);
    answer(method, request.uri())
        .whenComplete(
            (reply, failure) ->
                // The reply may come from any thread; the connection is its loop's.
                ctx.executor()
                    .execute(
                        () -> {
                          HttpReply sent = reply == null ? failed(request.uri(), failure) : reply;
                          write(ctx, sent, head, keepAlive);
                        }));
  }

  private CompletionStage<HttpReply> answer(String method, String uri) {
    try {
      QueryStringDecoder decoded = new QueryStringDecoder(uri);
      return router.answer(new HttpCall(method, decoded.path(), decoded.parameters()));
    } catch (IllegalArgumentException e) {
      return CompletableFuture.completedFuture(HttpReply.text(400, "malformed request target"));
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private static HttpReply malformed(DecoderResult result) {
    return switch (result.cause()) {
      case TooLongHttpLineException tooLong -> HttpReply.text(414, "request line is too long");
      case TooLongHttpHeaderException tooLong -> HttpReply.text(431, "headers are too long");
      default -> HttpReply.text(400, "malformed request");
    };
  }

  private static HttpReply failed(String uri, @Nullable Throwable failure) {
    LOG.atError()
        .addKeyValue("uri", uri)
        .setCause(failure)
        .log("HTTP request failed unexpectedly, answering 500");
    return HttpReply.text(500, "internal error, see the server's log");
  }

  private void write(ChannelHandlerContext ctx, HttpReply reply, boolean head, boolean keepAlive) {
    byte[] body = reply.body();
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.valueOf(reply.status()),
            head ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(body));
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, reply.contentType())
        .set(HttpHeaderNames.CONTENT_LENGTH, body.length)
        .set("x-content-type-options", "nosniff");
    reply.headers().forEach((name, value) -> response.headers().set(name, value));
    busy = false;
    if (keepAlive && !owner.draining()) {
      ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
      awaitRequest(ctx);
    } else {
      response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
      ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == Drain.NOW && !busy) {
      close(ctx);
    } else {
      ctx.fireUserEventTriggered(event);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // A reset by the client is its business; anything else is ours.
    if (!(cause instanceof IOException)) {
      LOG.atWarn().addKeyValue("cause", cause.toString()).log("HTTP connection failed, closing it");
    }
    close(ctx);
  }

  private static void close(ChannelHandlerContext ctx) {
    var unused = ctx.close(); // whether it succeeds, the connection is gone
  }
}
