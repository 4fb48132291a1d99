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
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
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
  private static final Duration CLIENT_PING_MIN = Duration.ofSeconds(5);
  private static final Duration SERVER_PING = Duration.ofHours(2);
  private static final Duration SERVER_PING_TIMEOUT = Duration.ofSeconds(20);

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
   * Finds out early whether addresses can be listened on, before anything is opened or written.
   *
   * @param spelled the setting as the operator wrote it
   * @throws StartException when one cannot; the message names it
   */
  public static List<InetSocketAddress> probe(String spelled, List<URI> urls)
      throws StartException {
    List<InetSocketAddress> addresses = new ArrayList<>();
    for (URI url : urls) {
      String which = urls.size() == 1 ? spelled + ": " : spelled + ": " + url + ": ";
      InetSocketAddress address =
          new InetSocketAddress(url.getHost().replaceAll("[\\[\\]]", ""), url.getPort());
      if (address.isUnresolved()) {
        throw new StartException(which + "the host has no address");
      }
      try (ServerSocket socket = new ServerSocket()) {
        socket.setReuseAddress(true);
        socket.bind(address);
      } catch (IOException e) {
        throw new StartException(which + reason(e), e);
      }
      addresses.add(address);
    }
    return addresses;
  }

  private static String reason(IOException e) {
    String message = String.valueOf(e.getMessage());
    if (message.contains("in use")) {
      return "the address is in use; stop what listens there, or choose another port";
    }
    if (message.contains("Cannot assign")) {
      return "this machine does not have the address";
    }
    if (message.contains("Permission denied")) {
      return "the port may not be opened by this user; choose one above 1023";
    }
    return message;
  }

  /**
   * Opens the port.
   *
   * @param addresses all are bound, or none
   * @param services what gRPC offers; anything else is answered Unimplemented
   * @param http what HTTP/1.1 offers
   * @param messageBytesMax longest message that gRPC takes in
   * @throws StartException when an address cannot be bound
   */
  public static ClientPort open(
      List<InetSocketAddress> addresses,
      List<ServerServiceDefinition> services,
      HttpConnections http,
      int messageBytesMax)
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
            .permitKeepAliveTime(CLIENT_PING_MIN.toMillis(), TimeUnit.MILLISECONDS)
            .permitKeepAliveWithoutCalls(true)
            .keepAliveTime(SERVER_PING.toMillis(), TimeUnit.MILLISECONDS)
            .keepAliveTimeout(SERVER_PING_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    addresses.stream().skip(1).forEach(builder::addListenAddress);
    services.forEach(builder::addService);
    ClientPort port = new ClientPort(builder.build(), http, acceptor, workers);
    try {
      port.grpc.start();
      return port;
    } catch (IOException e) {
      port.stopLoops();
      String message = e.getCause() == null ? e.getMessage() : e.getCause().getMessage();
      throw new StartException("listen-client-urls=" + addresses + ": " + message, e);
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
