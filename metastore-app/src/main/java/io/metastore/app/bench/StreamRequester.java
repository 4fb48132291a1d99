package io.metastore.app.bench;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A stream whose every message is answered by one, for one request at a time. A stream that has
 * ended is opened again by the next request.
 *
 * <p>{@link #send} may be called from any thread, but not before the answer to the last request.
 */
final class StreamRequester implements Requester {
  private final Connection connection;
  // Handed from thread to thread by the request in flight.
  private @Nullable Exchange current;

  StreamRequester(Connection connection) {
    this.connection = connection;
  }

  @Override
  public void send(EtcdMethod method, byte[] message, Reply reply) {
    Exchange exchange = current;
    if (exchange == null || exchange.ended) {
      exchange = new Exchange(method);
      current = exchange;
    }
    exchange.send(message, reply);
  }

  /** One stream, from its start to its end. */
  private final class Exchange implements Connection.Receiver {
    private final AtomicReference<@Nullable Reply> outstanding = new AtomicReference<>();
    private final Connection.Stream stream;
    private volatile boolean ended;

    Exchange(EtcdMethod method) {
      stream = connection.open(method, this);
    }

    void send(byte[] message, Reply reply) {
      outstanding.set(reply);
      // Set after it was seen: whichever side takes the reply out tells it.
      if (ended) {
        fail("UNAVAILABLE: stream has ended");
      } else {
        stream.send(List.of(message));
      }
    }

    @Override
    public void onMessage(byte[] buffer, int offset, int length) {
      Reply reply = outstanding.getAndSet(null);
      if (reply != null) {
        reply.onMessage(Arrays.copyOfRange(buffer, offset, offset + length));
      }
    }

    @Override
    public void onError(String text) {
      ended = true;
      fail(text);
    }

    private void fail(String text) {
      Reply reply = outstanding.getAndSet(null);
      if (reply != null) {
        reply.onError(text);
      }
    }
  }
}
