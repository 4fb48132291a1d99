package io.metastore.app.bench;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The connections of a run, spread over the endpoints in turn, on a few event loops. */
final class ConnectionPool implements AutoCloseable {
  private final EventLoopGroup loops;
  private final List<Http2Connection> connections = new ArrayList<>();

  private ConnectionPool(int threads) {
    loops = new MultiThreadIoEventLoopGroup(threads, NioIoHandler.newFactory());
  }

  /**
   * Opens all connections and waits until each is ready.
   *
   * @throws IOException naming the endpoint that could not be reached, and why
   */
  static ConnectionPool open(List<Endpoint> endpoints, int count, int threads, Duration timeout)
      throws IOException, InterruptedException {
    ConnectionPool pool = new ConnectionPool(threads);
    boolean opened = false;
    try {
      List<CompletableFuture<Http2Session>> ready = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        Endpoint endpoint = endpoints.get(i % endpoints.size());
        Http2Connection connection = new Http2Connection(endpoint, pool.loops.next());
        pool.connections.add(connection);
        ready.add(connection.open());
      }
      long deadline = System.nanoTime() + timeout.toNanos();
      for (int i = 0; i < count; i++) {
        await(ready.get(i), endpoints.get(i % endpoints.size()), deadline - System.nanoTime());
      }
      opened = true;
      return pool;
    } finally {
      if (!opened) {
        pool.close();
      }
    }
  }

  private static void await(CompletableFuture<?> ready, Endpoint endpoint, long nanos)
      throws IOException, InterruptedException {
    String failure = "cannot connect to " + endpoint + ": ";
    try {
      ready.get(Math.max(nanos, 0), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      throw new IOException(failure + (cause == null ? e : cause).getMessage(), e);
    } catch (TimeoutException e) {
      throw new IOException(failure + "no answer in time", e);
    }
  }

  /** The connections, in the order of their endpoints. */
  List<? extends Connection> all() {
    return connections;
  }

  /** Closes all connections; does not wait for the event loops, which end by themselves. */
  @Override
  public void close() {
    connections.forEach(Http2Connection::close);
    var unused = loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }
}
