package io.metastore.app.grpc;

import com.google.protobuf.MessageLite;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import io.metastore.api.ErrorCode;
import io.metastore.app.metrics.CallMetrics;
import io.metastore.core.auth.Identity;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One method that answers a request with a stream of messages. The next message is asked for only
 * when the client has taken what was sent, so a slow client costs one message of memory and no
 * thread.
 */
final class ServerStreamMethod<Q extends MessageLite, R extends MessageLite>
    implements ServerCallHandler<Q, R> {
  /** Where a call's messages come from; asked for one at a time. */
  @FunctionalInterface
  interface Source<R> {
    /** Starts on the next message; must not block. */
    CompletableFuture<R> next();
  }

  /** One message, and one more so that a client that sends two is noticed. */
  private static final int MESSAGES_REQUESTED = 2;

  private final String name;
  private final BiFunction<Identity, Q, Source<R>> opener;
  private final Callers callers;
  private final Predicate<R> last;
  private final BooleanSupplier leaderKnown;
  private final ReceiveLimit limit;
  private final CallMetrics.Method counted;

  /**
   * Creates a method.
   *
   * @param opener makes a call's source; must not block
   * @param last whether a message is the call's last
   */
  ServerStreamMethod(
      String name,
      BiFunction<Identity, Q, Source<R>> opener,
      Callers callers,
      Predicate<R> last,
      BooleanSupplier leaderKnown,
      ReceiveLimit limit,
      CallMetrics.Method counted) {
    this.name = name;
    this.opener = opener;
    this.callers = callers;
    this.last = last;
    this.leaderKnown = leaderKnown;
    this.limit = limit;
    this.counted = counted;
  }

  @Override
  public ServerCall.Listener<Q> startCall(ServerCall<Q, R> call, Metadata headers) {
    counted.started(RequestHeaders.apiVersion(headers));
    Call active = new Call(call, headers);
    if (RequestHeaders.demandsLeader(headers) && !leaderKnown.getAsBoolean()) {
      active.end(Statuses.of(ErrorCode.NO_LEADER));
    } else {
      call.request(MESSAGES_REQUESTED);
    }
    return active;
  }

  /**
   * A call under way. gRPC calls the listener's methods one at a time; messages come from the
   * threads that complete the source's futures, one at a time as well.
   */
  private final class Call extends ServerCall.Listener<Q> {
    private final ServerCall<Q, R> call;
    private final Metadata headers;
    private @Nullable Q request;
    private final ReentrantLock lock = new ReentrantLock();
    // Guarded by lock, as are the fields below. Set once the request is complete.
    private @Nullable Source<R> source;
    private boolean reading;
    private boolean headersSent;
    private boolean ended;

    Call(ServerCall<Q, R> call, Metadata headers) {
      this.call = call;
      this.headers = headers;
    }

    @Override
    public void onMessage(Q message) {
      if (request != null) {
        end(Status.INTERNAL.withDescription("Too many requests"));
        return;
      }
      int size = message.getSerializedSize();
      counted.received(size);
      if (RequestMarshaller.isUnreadable(message, size)) {
        end(RequestMarshaller.REFUSAL);
        return;
      }
      if (!limit.admits(size)) {
        end(limit.refusal(size));
        return;
      }
      request = message;
    }

    @Override
    public void onHalfClose() {
      Q message = request;
      if (message == null) {
        end(Status.INTERNAL.withDescription("Half-closed without a request"));
        return;
      }
      if (!callers.matter()) {
        open(Identity.NOBODY, message);
        return;
      }
      var unused =
          callers
              .of(headers)
              .whenComplete(
                  (caller, failure) -> {
                    if (caller == null) {
                      end(Statuses.of(failure, name));
                    } else {
                      open(caller, message);
                    }
                  });
    }

    private void open(Identity caller, Q message) {
      lock.lock();
      try {
        source = opener.apply(caller, message);
      } finally {
        lock.unlock();
      }
      pump();
    }

    @Override
    public void onReady() {
      pump();
    }

    @Override
    public void onCancel() {
      if (markEnded()) {
        counted.handled(Status.Code.CANCELLED);
      }
    }

    /** Reads and sends for as long as the client takes what is sent. */
    private void pump() {
      while (true) {
        Source<R> from = beginRead();
        if (from == null) {
          return;
        }
        CompletableFuture<R> next = from.next();
        if (!next.isDone()) {
          var unused =
              next.whenComplete(
                  (message, failure) -> {
                    send(message, failure);
                    pump();
                  });
          return;
        }
        // Done already: a loop, because a chain of callbacks would grow the stack.
        var unused = next.whenComplete(this::send);
      }
    }

    private @Nullable Source<R> beginRead() {
      lock.lock();
      try {
        if (source == null || ended || reading || !call.isReady()) {
          return null;
        }
        reading = true;
        return source;
      } finally {
        lock.unlock();
      }
    }

    private void send(@Nullable R message, @Nullable Throwable failure) {
      if (message == null) {
        end(Statuses.of(failure, name));
        return;
      }
      lock.lock();
      try {
        if (ended) {
          return;
        }
        if (!headersSent) {
          call.sendHeaders(new Metadata());
          headersSent = true;
        }
        counted.sent(message.getSerializedSize());
        call.sendMessage(message);
        reading = false;
      } finally {
        lock.unlock();
      }
      if (last.test(message)) {
        end(Status.OK);
      }
    }

    private void end(Status status) {
      if (markEnded()) {
        counted.handled(status.getCode());
        call.close(status, new Metadata());
      }
    }

    private boolean markEnded() {
      lock.lock();
      try {
        boolean first = !ended;
        ended = true;
        return first;
      } finally {
        lock.unlock();
      }
    }
  }
}
