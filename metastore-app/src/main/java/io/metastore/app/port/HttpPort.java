package io.metastore.app.port;

import io.metastore.app.http.HttpConnections;
import io.metastore.raft.StartException;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Sockets that speak HTTP/1.1 alone. Open until {@link #close}; safe for use by several threads.
 */
public final class HttpPort {
  private final HttpConnections http;
  private final EventLoopGroup loop;
  private final List<Channel> sockets = new ArrayList<>();

  private HttpPort(HttpConnections http) {
    this.http = http;
    // One thread: what is asked for here is asked for every few seconds.
    this.loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  }

  /**
   * Opens the sockets.
   *
   * @param spelled the setting of the addresses as the operator wrote it
   * @param addresses all are bound, or none
   * @param http what is offered; for this port alone
   * @throws StartException when an address cannot be bound
   */
  public static HttpPort open(
      String spelled, List<InetSocketAddress> addresses, HttpConnections http)
      throws StartException {
    HttpPort port = new HttpPort(http);
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(port.loop)
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    http.configure(channel.pipeline());
                  }
                });
    for (InetSocketAddress address : addresses) {
      ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
      if (!bound.isSuccess()) {
        port.close(Duration.ZERO);
        Throwable cause = bound.cause();
        throw new StartException(
            spelled + ": " + Reservation.reason(new IOException(cause.getMessage(), cause)), cause);
      }
      port.sockets.add(bound.channel());
    }
    return port;
  }

  /**
   * Stops: no new connections, then waits for requests under way, then cuts them. To be called
   * once.
   *
   * @param drain how long requests under way may take
   */
  public void close(Duration drain) {
    try {
      sockets.forEach(socket -> socket.close().awaitUninterruptibly());
      http.drain(drain);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      loop.shutdownGracefully(0, 500, TimeUnit.MILLISECONDS).awaitUninterruptibly(500);
    }
  }
}
