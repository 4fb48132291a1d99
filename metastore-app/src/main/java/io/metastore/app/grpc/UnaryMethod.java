package io.metastore.app.grpc;

import com.google.protobuf.MessageLite;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import io.metastore.api.ErrorCode;
import io.metastore.app.metrics.CallMetrics;
import io.metastore.core.auth.Identity;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One unary method. It stands directly on grpc-java's call interface: the generated stubs would put
 * an observer and a context around each call, which at hundreds of thousands of calls per second
 * are seen in the profile, and would hide the metadata.
 */
final class UnaryMethod<Q extends MessageLite, R extends MessageLite>
    implements ServerCallHandler<Q, R> {
  /** What a method does. */
  @FunctionalInterface
  interface Action<Q, R> {
    /**
     * Starts on a request; must not block.
     *
     * @throws io.metastore.api.MetastoreException when it is refused at once
     */
    CompletableFuture<R> start(Identity caller, Q request, Duration timeout);
  }

  /** One message, and one more so that a client that sends two is noticed. */
  private static final int MESSAGES_REQUESTED = 2;

  private final String name;
  private final Action<Q, R> action;
  private final Callers callers;
  private final BooleanSupplier leaderKnown;
  private final ReceiveLimit limit;
  private final Duration requestTimeout;
  private final CallMetrics.Method counted;

  UnaryMethod(
      String name,
      Action<Q, R> action,
      Callers callers,
      BooleanSupplier leaderKnown,
      ReceiveLimit limit,
      Duration requestTimeout,
      CallMetrics.Method counted) {
    this.name = name;
    this.action = action;
    this.callers = callers;
    this.leaderKnown = leaderKnown;
    this.limit = limit;
    this.requestTimeout = requestTimeout;
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

  private Duration timeout() {
    Deadline deadline = Context.current().getDeadline();
    if (deadline == null) {
      return requestTimeout;
    }
    long left = Math.max(0, deadline.timeRemaining(TimeUnit.NANOSECONDS));
    return left < requestTimeout.toNanos() ? Duration.ofNanos(left) : requestTimeout;
  }

  /**
   * A call under way. gRPC calls the listener's methods one at a time; the reply comes from the
   * thread that completes the store's future, after the last of them unless the client cancels.
   */
  private final class Call extends ServerCall.Listener<Q> {
    private final ServerCall<Q, R> call;
    private final Metadata headers;
    private @Nullable Q request;
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
      if (ended) {
        return;
      }
      if (message == null) {
        end(Status.INTERNAL.withDescription("Half-closed without a request"));
        return;
      }
      request = null; // the store may hold the call longer than the message
      ended = true;
      CompletableFuture<R> reply;
      try {
        reply = start(message, timeout());
      } catch (RuntimeException e) {
        reply = CompletableFuture.failedFuture(e);
      }
      var unused = reply.whenComplete(this::reply);
    }

    private CompletableFuture<R> start(Q message, Duration timeout) {
      return callers.matter()
          ? callers.of(headers).thenCompose(caller -> action.start(caller, message, timeout))
          : action.start(Identity.NOBODY, message, timeout);
    }

    @Override
    public void onCancel() {
      if (!ended) {
        ended = true;
        counted.handled(Status.Code.CANCELLED);
      }
    }

    private void reply(@Nullable R response, @Nullable Throwable failure) {
      // The client is gone: nothing to send, but the call has had its end.
      if (call.isCancelled()) {
        counted.handled(Status.Code.CANCELLED);
        return;
      }
      if (response == null) {
        close(Statuses.of(failure, name));
        return;
      }
      counted.sent(response.getSerializedSize());
      call.sendHeaders(new Metadata());
      call.sendMessage(response);
      close(Status.OK);
    }

    private void end(Status status) {
      if (!ended) {
        ended = true;
        close(status);
      }
    }

    private void close(Status status) {
      counted.handled(status.getCode());
      call.close(status, new Metadata());
    }
  }
}
