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
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A method with a stream each way, where every message is answered by one, in their order. The next
 * message is asked for when the last one is answered and the client takes answers in, so a stream
 * costs no thread and no queue. A failure ends the stream.
 */
final class ExchangeMethod<Q extends MessageLite, R extends MessageLite>
    implements ServerCallHandler<Q, R> {
  private final String name;
  private final UnaryMethod.Action<Q, R> action;
  private final Callers callers;
  private final BooleanSupplier leaderKnown;
  private final LeaderMonitor leaders;
  private final ReceiveLimit limit;
  private final Duration answerTimeout;
  private final CallMetrics.Method counted;
  private final Set<Call> open = ConcurrentHashMap.newKeySet();
  private volatile boolean stopping;

  /**
   * Creates a method.
   *
   * @param leaders ends the streams of clients that demand a leader when there is none
   * @param answerTimeout longest time of one answer
   */
  ExchangeMethod(
      String name,
      UnaryMethod.Action<Q, R> action,
      Callers callers,
      BooleanSupplier leaderKnown,
      LeaderMonitor leaders,
      ReceiveLimit limit,
      Duration answerTimeout,
      CallMetrics.Method counted) {
    this.name = name;
    this.action = action;
    this.callers = callers;
    this.leaderKnown = leaderKnown;
    this.leaders = leaders;
    this.limit = limit;
    this.answerTimeout = answerTimeout;
    this.counted = counted;
  }

  /** Ends all streams, and those that come, with the status of a stopped server. */
  void stop() {
    stopping = true;
    open.forEach(call -> call.end(ErrorCode.STOPPED));
  }

  @Override
  public ServerCall.Listener<Q> startCall(ServerCall<Q, R> call, Metadata headers) {
    counted.started(RequestHeaders.apiVersion(headers));
    Call active = new Call(call, headers, Context.current().getDeadline());
    boolean demandsLeader = RequestHeaders.demandsLeader(headers);
    if (demandsLeader && !leaderKnown.getAsBoolean()) {
      active.end(ErrorCode.NO_LEADER);
      return active;
    }
    open.add(active);
    if (demandsLeader) {
      leaders.add(active);
    }
    if (stopping) {
      active.end(ErrorCode.STOPPED);
    } else {
      call.request(1);
    }
    return active;
  }

  /** A stream. gRPC calls the listener's methods one at a time; answers come from any thread. */
  private final class Call extends ServerCall.Listener<Q> implements LeaderMonitor.Stream {
    private final ServerCall<Q, R> call;
    private final Metadata headers;
    private final @Nullable Deadline deadline;
    private final ReentrantLock lock = new ReentrantLock();
    // Guarded by lock, as are all below and the use of call.
    private boolean answering;
    private boolean headersSent;
    private boolean halfClosed;
    private boolean requestWhenReady;
    private boolean ended;

    Call(ServerCall<Q, R> call, Metadata headers, @Nullable Deadline deadline) {
      this.call = call;
      this.headers = headers;
      this.deadline = deadline;
    }

    @Override
    public void onMessage(Q message) {
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
      lock.lock();
      try {
        answering = true;
      } finally {
        lock.unlock();
      }
      CompletableFuture<R> answer;
      try {
        answer = start(message, timeout());
      } catch (RuntimeException e) {
        answer = CompletableFuture.failedFuture(e);
      }
      var unused = answer.whenComplete(this::answer);
    }

    private CompletableFuture<R> start(Q message, Duration timeout) {
      return callers.matter()
          ? callers.of(headers).thenCompose(caller -> action.start(caller, message, timeout))
          : action.start(Identity.NOBODY, message, timeout);
    }

    private Duration timeout() {
      if (deadline == null) {
        return answerTimeout;
      }
      long left = Math.max(0, deadline.timeRemaining(TimeUnit.NANOSECONDS));
      return left < answerTimeout.toNanos() ? Duration.ofNanos(left) : answerTimeout;
    }

    private void answer(@Nullable R response, @Nullable Throwable failure) {
      lock.lock();
      try {
        answering = false;
        if (ended || call.isCancelled()) {
          return; // What is to be counted, onCancel counts.
        }
        if (response == null) {
          end(Statuses.of(failure, name));
          return;
        }
        if (!headersSent) {
          headersSent = true;
          call.sendHeaders(new Metadata());
        }
        counted.sent(response.getSerializedSize());
        call.sendMessage(response);
        if (halfClosed) {
          end(Status.OK);
        } else if (call.isReady()) {
          call.request(1);
        } else {
          requestWhenReady = true;
        }
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void onReady() {
      lock.lock();
      try {
        if (requestWhenReady && !ended) {
          requestWhenReady = false;
          call.request(1);
        }
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void onHalfClose() {
      lock.lock();
      try {
        halfClosed = true;
        if (!answering) {
          end(Status.OK);
        }
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void onCancel() {
      lock.lock();
      try {
        if (!ended) {
          forget();
          counted.handled(Status.Code.CANCELLED);
        }
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void end(ErrorCode reason) {
      end(Statuses.of(reason));
    }

    private void forget() {
      ended = true;
      open.remove(this);
      leaders.remove(this);
    }

    private void end(Status status) {
      lock.lock();
      try {
        if (!ended) {
          forget();
          counted.handled(status.getCode());
          call.close(status, new Metadata());
        }
      } finally {
        lock.unlock();
      }
    }
  }
}
