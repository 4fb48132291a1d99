package io.metastore.app;

import io.metastore.api.ErrorCode;
import io.metastore.core.message.ResponseHeader;
import io.metastore.core.message.WatchRequest;
import io.metastore.core.message.WatchResponse;
import io.metastore.core.watch.ServedWatchStream;
import io.metastore.core.watch.WatchReceiver;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/** Says of every request that a watch is created, at once and without looking at it. */
public final class FakeWatchStream implements ServedWatchStream {
  private final WatchReceiver receiver;
  private final Supplier<ResponseHeader> header;
  private final AtomicBoolean over = new AtomicBoolean();
  private volatile boolean closed;

  FakeWatchStream(WatchReceiver receiver, Supplier<ResponseHeader> header) {
    this.receiver = receiver;
    this.header = header;
  }

  @Override
  public void request(WatchRequest request, String denied) {
    receiver.send(WatchResponse.newBuilder().setHeader(header.get()).setCreated(true).build());
    receiver.more();
  }

  @Override
  public void ready() {}

  @Override
  public void end(ErrorCode reason) {
    if (over.compareAndSet(false, true)) {
      receiver.end(reason);
    }
  }

  @Override
  public void close() {
    over.set(true);
    closed = true;
  }

  /** Whether the client has gone. */
  public boolean isClosed() {
    return closed;
  }
}
