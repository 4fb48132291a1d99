package io.metastore.app.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.flow.FlowControlHandler;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.time.Duration;

/** All HTTP/1.1 connections of a server. Thread-safe. */
public final class HttpConnections {
  private static final int LINE_BYTES_MAX = 8 * 1024;
  private static final int HEADER_BYTES_MAX = 16 * 1024;

  /** No endpoint reads a body yet; what is sent needlessly is read and dropped up to this. */
  private static final int BODY_BYTES_MAX = 64 * 1024;

  /** A connection has this long for its next whole request, be it idle or slow. */
  private static final Duration REQUEST_ARRIVAL_MAX = Duration.ofSeconds(60);

  private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
  private final Router router;
  private final Duration arrivalMax;
  private volatile boolean draining; // only ever set

  /** Connections whose requests go to a router. */
  public HttpConnections(Router router) {
    this(router, REQUEST_ARRIVAL_MAX);
  }

  HttpConnections(Router router, Duration arrivalMax) {
    this.router = router;
    this.arrivalMax = arrivalMax;
  }

  /** Makes a connection speak HTTP/1.1; called on its event loop. */
  public void configure(ChannelPipeline pipeline) {
    pipeline.addLast(
        new HttpServerCodec(
            new HttpDecoderConfig()
                .setMaxInitialLineLength(LINE_BYTES_MAX)
                .setMaxHeaderSize(HEADER_BYTES_MAX)));
    pipeline.addLast(new HttpObjectAggregator(BODY_BYTES_MAX, true));
    // Holds back what was decoded while the connection is busy with an earlier request.
    pipeline.addLast(new FlowControlHandler());
    pipeline.addLast(new HttpConnection(this, router, arrivalMax));
    channels.add(pipeline.channel());
  }

  boolean draining() {
    return draining;
  }

  /** Closes idle connections now, busy ones after their answer, and what is left at the end. */
  public void drain(Duration max) throws InterruptedException {
    draining = true;
    for (Channel channel : channels) {
      channel.pipeline().fireUserEventTriggered(HttpConnection.Drain.NOW);
    }
    if (!channels.newCloseFuture().await(max.toMillis())) {
      channels.close().await(max.toMillis());
    }
  }
}
