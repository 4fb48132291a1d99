package io.metastore.client;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.api.RefusedException;
import io.metastore.core.message.WatchCreateRequest;
import io.metastore.core.message.WatchRequest;
import io.metastore.core.message.WatchResponse;
import io.metastore.core.watch.WatchReceiver;
import io.metastore.core.watch.WatchStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A watch on a server, which goes on behind what it has received when its stream breaks, there or
 * on another server. It demands a leader: a member that is cut off would otherwise be watched in
 * vain.
 *
 * <p>Responses are taken one at a time, each when the receiver is ready, so gRPC's flow control
 * reaches to the server.
 */
final class RemoteWatch implements WatchStream {
  private static final Metadata.Key<String> HAS_LEADER =
      Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER);

  private static final Duration RETRY_FIRST = Duration.ofMillis(20);
  private static final Duration RETRY_MAX = Duration.ofSeconds(1);

  private final Connection connection;
  private final WatchReceiver receiver;

  private final ReentrantLock lock = new ReentrantLock();
  // Guarded by lock, as are all fields below.
  private WatchCreateRequest create = WatchCreateRequest.getDefaultInstance();
  private Optional<ClientCall<WatchRequest, WatchResponse>> call = Optional.empty();
  private Optional<Future<?>> reopening = Optional.empty();
  private Duration retry = RETRY_FIRST;
  private boolean held;
  private boolean over;

  RemoteWatch(Connection connection, WatchReceiver receiver) {
    this.connection = connection;
    this.receiver = receiver;
  }

  @Override
  public void request(WatchRequest request) {
    lock.lock();
    try {
      create = request.getCreateRequest();
    } finally {
      lock.unlock();
    }
    open();
  }

  private void open() {
    Metadata headers = new Metadata();
    headers.put(HAS_LEADER, "true");
    if (connection.session().isEmpty()) {
      open(headers);
      return;
    }
    // One that is about to end would end the watch.
    CompletableFuture<Void> unused =
        connection
            .session()
            .get()
            .freshToken()
            .handle(
                (token, failure) -> {
                  if (failure == null) {
                    headers.put(Exchange.TOKEN, token);
                    open(headers);
                  } else if (failure instanceof RefusedException refused) {
                    end(refused.code());
                  } else {
                    openLater(
                        failure instanceof MetastoreException lost ? lost.code() : ErrorCode.OTHER);
                  }
                  return null;
                });
  }

  /**
   * Opens the stream again after a while.
   *
   * @param reason ends the watch if the connection is closing
   */
  private void openLater(ErrorCode reason) {
    lock.lock();
    try {
      if (over) {
        return;
      }
      reopening = connection.later(retry, this::open);
      Duration longer = retry.multipliedBy(2);
      retry = longer.compareTo(RETRY_MAX) < 0 ? longer : RETRY_MAX;
      if (reopening.isPresent()) {
        return;
      }
      over = true;
    } finally {
      lock.unlock();
    }
    receiver.end(reason);
  }

  private void open(Metadata headers) {
    boolean opened;
    lock.lock();
    try {
      opened = over || connection.use(channel -> begin(channel, headers));
    } finally {
      lock.unlock();
    }
    if (!opened) {
      openLater(ErrorCode.STOPPED);
    }
  }

  /** Called under the lock. */
  private void begin(Channel channel, Metadata headers) {
    ClientCall<WatchRequest, WatchResponse> opened =
        channel.newCall(Methods.WATCH, CallOptions.DEFAULT.withWaitForReady());
    call = Optional.of(opened);
    held = false;
    opened.start(new Listener(), headers);
    opened.sendMessage(WatchRequest.newBuilder().setCreateRequest(create).build());
    opened.request(1);
  }

  @Override
  public void ready() {
    lock.lock();
    try {
      if (held) {
        held = false;
        call.ifPresent(open -> connection.use(channel -> open.request(1)));
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void end(ErrorCode reason) {
    close();
    receiver.end(reason);
  }

  @Override
  public void close() {
    lock.lock();
    try {
      over = true;
      reopening.ifPresent(later -> later.cancel(false));
      call.ifPresent(open -> connection.use(channel -> open.cancel("the watch was closed", null)));
    } finally {
      lock.unlock();
    }
  }

  private final class Listener extends ClientCall.Listener<WatchResponse> {
    @Override
    public void onMessage(WatchResponse response) {
      lock.lock();
      try {
        if (over) {
          return;
        }
        over = response.getCanceled();
        advance(response);
      } finally {
        lock.unlock();
      }
      receiver.send(response);
      lock.lock();
      try {
        // Under the lock, so that a receiver that becomes ready now is either seen or sees this.
        held = true;
        if (receiver.ready()) {
          held = false;
          call.ifPresent(open -> open.request(1));
        }
        if (over) {
          call.ifPresent(open -> open.cancel("the server ended the watch", null));
        }
      } finally {
        lock.unlock();
      }
    }

    /** Where the watch goes on should the stream break now. */
    private void advance(WatchResponse response) {
      retry = RETRY_FIRST;
      int events = response.getEventsCount();
      if (events > 0) {
        create =
            create.toBuilder()
                .setStartRevision(response.getEvents(events - 1).getKv().getModRevision() + 1)
                .build();
      } else if (!response.getCreated() || create.getStartRevision() == 0) {
        // A notice of progress, or the beginning of a watch from now on.
        create =
            create.toBuilder().setStartRevision(response.getHeader().getRevision() + 1).build();
      }
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      if (Failures.passes(status) || status.isOk()) {
        openLater(Failures.code(status));
        return;
      }
      lock.lock();
      try {
        if (over) {
          return;
        }
        over = true;
      } finally {
        lock.unlock();
      }
      receiver.end(Failures.code(status));
    }
  }
}
