package io.metastore.app.port;

import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.metastore.app.http.HttpConnections;
import io.metastore.raft.StartException;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The sockets that clients connect to. Open until {@link #close}; safe for use by several threads.
 */
public final class ClientPort {
  private static final int METADATA_BYTES_MAX = 64 * 1024;

  /**
   * A fixed window: grpc-java otherwise measures the bandwidth-delay product with a ping per read,
   * which costs a packet for each batch of requests.
   */
  private static final int FLOW_CONTROL_WINDOW_BYTES = 4 << 20;

  private static final int BACKLOG = 1024;
  private static final Duration HANDSHAKE_TIME_MAX = Duration.ofSeconds(30);

  private final Server grpc;
  private final HttpConnections http;
  private final EventLoopGroup acceptor;
  private final EventLoopGroup workers;

  private ClientPort(
      Server grpc, HttpConnections http, EventLoopGroup acceptor, EventLoopGroup workers) {
    this.grpc = grpc;
    this.http = http;
    this.acceptor = acceptor;
    this.workers = workers;
  }

  /**
   * Opens the port.
   *
   * @param addresses all are bound, or none
   * @param services what gRPC offers; anything else is answered Unimplemented
   * @param http what HTTP/1.1 offers
   * @param messageBytesMax longest message that gRPC takes in
   * @param connections what each connection is held to
   * @param spelled the setting of the addresses as the operator wrote it
   * @throws StartException when an address cannot be bound
   */
  public static ClientPort open(
      List<InetSocketAddress> addresses,
      List<ServerServiceDefinition> services,
      HttpConnections http,
      int messageBytesMax,
      ConnectionLimits connections,
      String spelled)
      throws StartException {
    EventLoopGroup acceptor = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    EventLoopGroup workers =
        new MultiThreadIoEventLoopGroup(
            Runtime.getRuntime().availableProcessors(), NioIoHandler.newFactory());
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(
                addresses.getFirst(), PortNegotiator.plaintext(http::configure))
            .channelType(NioServerSocketChannel.class)
            .bossEventLoopGroup(acceptor)
            .workerEventLoopGroup(workers)
            .withOption(ChannelOption.SO_BACKLOG, BACKLOG)
            .directExecutor()
            .maxInboundMessageSize(messageBytesMax)
            .maxInboundMetadataSize(METADATA_BYTES_MAX)
            .flowControlWindow(FLOW_CONTROL_WINDOW_BYTES)
            .handshakeTimeout(HANDSHAKE_TIME_MAX.toMillis(), TimeUnit.MILLISECONDS)
            .maxConcurrentCallsPerConnection(connections.callsMax())
            .permitKeepAliveTime(connections.clientPingMin().toMillis(), TimeUnit.MILLISECONDS)
            .permitKeepAliveWithoutCalls(true)
            .keepAliveTimeout(connections.pingTimeout().toMillis(), TimeUnit.MILLISECONDS);
    if (connections.ping().isPositive()) {
      builder.keepAliveTime(connections.ping().toMillis(), TimeUnit.MILLISECONDS);
    }
    addresses.stream().skip(1).forEach(builder::addListenAddress);
    services.forEach(builder::addService);
    ClientPort port = new ClientPort(builder.build(), http, acceptor, workers);
    try {
      port.grpc.start();
      return port;
    } catch (IOException e) {
      port.stopLoops();
      throw new StartException(spelled + ": " + Reservation.reason(e), e);
    }
  }

  /** The addresses in use; a port that was asked for as 0 has its number here. */
  public List<InetSocketAddress> addresses() {
    return grpc.getListenSockets().stream().map(InetSocketAddress.class::cast).toList();
  }

  /**
   * Stops: no new connections and calls, then waits for those under way, then cuts them. To be
   * called once.
   *
   * @param drain how long calls under way may take
   */
  public void close(Duration drain) {
    long deadline = System.nanoTime() + drain.toNanos();
    grpc.shutdown();
    try {
      http.drain(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
      if (!grpc.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        grpc.shutdownNow();
        grpc.awaitTermination(drain.toNanos(), TimeUnit.NANOSECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      grpc.shutdownNow();
      stopLoops();
    }
  }

  private void stopLoops() {
    // No quiet period: by now every connection is closed, and the port is free when this returns.
    acceptor.shutdownGracefully(0, 500, TimeUnit.MILLISECONDS).awaitUninterruptibly(500);
    workers.shutdownGracefully(0, 500, TimeUnit.MILLISECONDS).awaitUninterruptibly(500);
  }
}
