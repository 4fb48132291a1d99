package io.metastore.app.bench;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A connection that is made again when it was lost: the first request after the loss fails and
 * starts the attempt.
 *
 * <p>Its state belongs to one event loop; {@link #send} may be called from any thread.
 */
final class Http2Connection implements Connection {
  private final Endpoint endpoint;
  private final EventLoop loop;
  private final Bootstrap bootstrap;
  private @Nullable Http2Session session;
  private @Nullable Channel channel;
  private boolean connecting;
  private boolean closed;

  Http2Connection(Endpoint endpoint, EventLoop loop) {
    this.endpoint = endpoint;
    this.loop = loop;
    this.bootstrap = new Bootstrap().group(loop).channel(NioSocketChannel.class);
  }

  /** Connects; the future completes when the server has sent its settings. */
  CompletableFuture<Http2Session> open() {
    CompletableFuture<Http2Session> ready = new CompletableFuture<>();
    loop.execute(() -> connect(ready));
    return ready;
  }

  private void connect(CompletableFuture<Http2Session> ready) {
    if (closed || connecting) {
      return;
    }
    connecting = true;
    CompletableFuture<Http2Session> settled = new CompletableFuture<>();
    var unused =
        settled.whenCompleteAsync(
            (made, failure) -> {
              connecting = false;
              session = made;
              // Only now: who waits for it sends at once, and must find the session.
              if (failure == null) {
                ready.complete(made);
              } else {
                ready.completeExceptionally(failure);
              }
            },
            loop);
    bootstrap
        .clone()
        .handler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel made) {
                channel = made;
                made.pipeline().addLast(new Http2Session(endpoint, settled));
              }
            })
        .connect(endpoint.host(), endpoint.port())
        .addListener(
            (ChannelFutureListener)
                future -> {
                  if (!future.isSuccess()) {
                    settled.completeExceptionally(future.cause());
                  }
                });
  }

  @Override
  public void send(EtcdMethod method, byte[] message, Reply reply) {
    onLoop(() -> add(new UnaryCall(method, message, reply)));
  }

  @Override
  public Stream open(EtcdMethod method, Receiver receiver) {
    StreamingCall call = new StreamingCall(method, receiver);
    // The session is found again when the call sends: a new one knows nothing of the call.
    onLoop(() -> add(call));
    return messages ->
        onLoop(
            () -> {
              if (session != null) {
                session.send(call, messages);
              }
            });
  }

  private void add(Http2Stream stream) {
    Http2Session current = session;
    if (current == null || current.isClosed()) {
      connect(new CompletableFuture<>());
      stream.failed("UNAVAILABLE: not connected to " + endpoint);
    } else {
      current.add(stream);
    }
  }

  private void onLoop(Runnable action) {
    if (loop.inEventLoop()) {
      action.run();
    } else {
      loop.execute(action);
    }
  }

  @Override
  public void close() {
    loop.execute(
        () -> {
          closed = true;
          if (channel != null) {
            var unused = channel.close();
          }
        });
  }
}
