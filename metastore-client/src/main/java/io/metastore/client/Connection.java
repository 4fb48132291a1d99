package io.metastore.client;

import io.grpc.Channel;
import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.TlsChannelCredentials;
import io.grpc.netty.NettyChannelBuilder;
import io.metastore.api.ConnectOptions;
import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.api.RefusedException;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.Phaser;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * A gRPC channel with its event loop, and what is under way on it. Thread-safe; to be closed once.
 */
final class Connection implements AutoCloseable {
  /** A connection that is silently gone is noticed in the sum of these; etcd allows 5 s and up. */
  private static final Duration PING = Duration.ofSeconds(10);

  private static final Duration PING_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration CLOSE_MAX = Duration.ofSeconds(2);

  private final EventLoopGroup loop;
  private final ManagedChannel channel;
  private final Set<Exchange<?, ?>> waiting = ConcurrentHashMap.newKeySet();
  private final Optional<Session> session;

  /** Who is using the channel, and this until it closes. */
  private final Phaser users = new Phaser(1);

  private volatile boolean closed;

  Connection(ConnectOptions options) {
    // One thread is enough: it only moves messages, and callers wait elsewhere.
    loop =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("metastore-client", true), NioIoHandler.newFactory());
    session = options.user().map(user -> new Session(this, user));
    channel =
        NettyChannelBuilder.forTarget(
                EndpointResolver.target(options.endpoints()), credentials(options))
            .channelType(NioSocketChannel.class)
            .eventLoopGroup(loop)
            .directExecutor()
            // What a call asks for is as large as its caller wants; who wants less says so.
            .maxInboundMessageSize(Integer.MAX_VALUE)
            .keepAliveTime(PING.toMillis(), TimeUnit.MILLISECONDS)
            .keepAliveTimeout(PING_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
            .build();
  }

  private static ChannelCredentials credentials(ConnectOptions options) {
    if (!options.endpoints().getFirst().getScheme().equals("https")) {
      return InsecureChannelCredentials.create();
    }
    TlsChannelCredentials.Builder tls = TlsChannelCredentials.newBuilder();
    try {
      if (options.tls().trusted().isPresent()) {
        tls.trustManager(options.tls().trusted().get().toFile());
      }
      if (options.tls().identity().isPresent()) {
        ConnectOptions.Identity own = options.tls().identity().get();
        tls.keyManager(own.certificate().toFile(), own.key().toFile());
      }
    } catch (IOException e) {
      throw new RefusedException(ErrorCode.OTHER, "a file for TLS cannot be read: " + e);
    }
    return tls.build();
  }

  /** Whoever the servers are to know; none without a user. */
  Optional<Session> session() {
    return session;
  }

  /**
   * Begins a call or tells one something; false, and nothing is done, when this is closing. For all
   * that is not done on the event loop: gRPC does not bear to be shut down meanwhile.
   */
  boolean use(Consumer<Channel> action) {
    if (users.register() < 0) {
      return false;
    }
    try {
      if (closed) {
        return false;
      }
      action.accept(channel);
      return true;
    } finally {
      users.arriveAndDeregister();
    }
  }

  boolean isClosed() {
    return closed;
  }

  /** Runs something on the event loop after a while; empty when this is closing. */
  Optional<Future<?>> later(Duration wait, Runnable task) {
    if (closed) {
      return Optional.empty();
    }
    try {
      return Optional.of(loop.schedule(task, wait.toMillis(), TimeUnit.MILLISECONDS));
    } catch (RejectedExecutionException e) {
      // It closed meanwhile.
      return Optional.empty();
    }
  }

  /** Sends a request again after a while; false when this is closing. */
  boolean retry(Exchange<?, ?> exchange, Duration wait) {
    waiting.add(exchange);
    boolean scheduled =
        later(
                wait,
                () -> {
                  if (waiting.remove(exchange)) {
                    exchange.start();
                  }
                })
            .isPresent();
    // Either close sees the exchange, or this sees that it is closing.
    return scheduled && (!closed || !waiting.remove(exchange));
  }

  @Override
  public void close() {
    closed = true;
    try {
      awaitUsers();
      channel.shutdownNow();
      channel.awaitTermination(CLOSE_MAX.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      channel.shutdownNow();
      Thread.currentThread().interrupt();
    }
    // What was sent has failed by now; what waits to be sent again is left.
    for (Exchange<?, ?> exchange : List.copyOf(waiting)) {
      if (waiting.remove(exchange)) {
        exchange.fail(MetastoreException.of(ErrorCode.STOPPED));
      }
    }
    // No quiet period: the connection is closed.
    loop.shutdownGracefully(0, CLOSE_MAX.toMillis(), TimeUnit.MILLISECONDS)
        .awaitUninterruptibly(CLOSE_MAX.toMillis());
  }

  /**
   * Waits until nobody uses the channel, but not for ever: whoever uses it may be who closes it.
   */
  private void awaitUsers() throws InterruptedException {
    try {
      users.awaitAdvanceInterruptibly(
          users.arriveAndDeregister(), CLOSE_MAX.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      // It is shut down all the same.
    }
  }
}
