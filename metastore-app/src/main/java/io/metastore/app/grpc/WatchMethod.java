package io.metastore.app.grpc;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.app.metrics.CallMetrics;
import io.metastore.app.metrics.GoCodes;
import io.metastore.core.MetadataStore;
import io.metastore.core.auth.Identity;
import io.metastore.core.message.WatchRequest;
import io.metastore.core.message.WatchResponse;
import io.metastore.core.watch.ServedWatchStream;
import io.metastore.core.watch.WatchReceiver;
import io.metastore.core.watch.WatchStream;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The watch method: carries requests to a stream of the store, and its responses to the client at
 * the pace at which the client takes them.
 *
 * <p>Thread-safe. Requests come on an event loop, one at a time and only when the stream asks for
 * one more; responses on the store's threads. As in etcd, a client that has ended its side goes on
 * receiving.
 */
final class WatchMethod implements ServerCallHandler<WatchRequest, WatchResponse> {
  private final MetadataStore store;
  private final Callers callers;
  private final BooleanSupplier leaderKnown;
  private final ReceiveLimit limit;
  private final LeaderMonitor leaders;
  private final CallMetrics.Method counted;
  private final Set<WatchStream> open = ConcurrentHashMap.newKeySet();
  private volatile boolean stopping;

  /**
   * Serves a store.
   *
   * @param leaders ends the streams of clients that demand a leader when there is none
   */
  WatchMethod(
      MetadataStore store,
      Callers callers,
      BooleanSupplier leaderKnown,
      ReceiveLimit limit,
      LeaderMonitor leaders,
      CallMetrics.Method counted) {
    this.store = store;
    this.callers = callers;
    this.leaderKnown = leaderKnown;
    this.limit = limit;
    this.leaders = leaders;
    this.counted = counted;
  }

  /** Ends all streams, and those that come, with the status of a stopped server. */
  void stop() {
    stopping = true;
    open.forEach(stream -> stream.end(ErrorCode.STOPPED));
  }

  @Override
  public ServerCall.Listener<WatchRequest> startCall(
      ServerCall<WatchRequest, WatchResponse> call, Metadata headers) {
    counted.started(RequestHeaders.apiVersion(headers));
    Receiver receiver = new Receiver(call);
    boolean demandsLeader = RequestHeaders.demandsLeader(headers);
    if (demandsLeader && !leaderKnown.getAsBoolean()) {
      receiver.end(ErrorCode.NO_LEADER);
      return new ServerCall.Listener<>() {};
    }
    Call active = new Call(store.watch(receiver), receiver, headers);
    open.add(active.stream);
    receiver.closed = active::forget;
    if (demandsLeader) {
      leaders.add(active);
    }
    if (stopping) {
      active.stream.end(ErrorCode.STOPPED);
    } else {
      call.request(1);
    }
    return active;
  }

  /** The client's requests and its end. */
  private final class Call extends ServerCall.Listener<WatchRequest>
      implements LeaderMonitor.Stream {
    private final ServedWatchStream stream;
    private final Receiver receiver;
    private final Metadata headers;

    Call(ServedWatchStream stream, Receiver receiver, Metadata headers) {
      this.stream = stream;
      this.receiver = receiver;
      this.headers = headers;
    }

    @Override
    public void onMessage(WatchRequest message) {
      int size = message.getSerializedSize();
      counted.received(size);
      boolean unreadable = RequestMarshaller.isUnreadable(message, size);
      if (unreadable || !limit.admits(size)) {
        receiver.refusal =
            Optional.of(unreadable ? RequestMarshaller.REFUSAL : limit.refusal(size));
        // It calls the receiver back, when nothing else is being sent.
        stream.end(ErrorCode.REQUEST_TOO_LARGE);
        return;
      }
      if (message.hasCreateRequest() && callers.matter()) {
        // The next message is not asked for before this one has its answer.
        var unused =
            callers
                .of(headers)
                .handle((caller, failure) -> denial(message, caller, failure))
                .thenAccept(denial -> stream.request(message, denial));
      } else {
        stream.request(message);
      }
    }

    /** Why the client may not have a watch, in the words of etcd's client library; or nothing. */
    private String denial(
        WatchRequest message, @Nullable Identity caller, @Nullable Throwable failure) {
      try {
        if (caller != null) {
          callers.permissions(caller).check(message.getCreateRequest());
          return "";
        }
      } catch (MetastoreException e) {
        return reason(e.code());
      }
      Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
      // As in etcd, whatever else went wrong is told as a denial.
      return reason(
          cause instanceof MetastoreException refused
                  && refused.code() == ErrorCode.INVALID_AUTH_TOKEN
              ? refused.code()
              : ErrorCode.PERMISSION_DENIED);
    }

    private static String reason(ErrorCode code) {
      return "rpc error: code = "
          + GoCodes.name(Statuses.of(code).getCode())
          + " desc = "
          + code.text();
    }

    @Override
    public void onReady() {
      stream.ready();
    }

    @Override
    public void onCancel() {
      counted.handled(Status.Code.CANCELLED);
      stream.close();
      forget();
    }

    @Override
    public void end(ErrorCode reason) {
      stream.end(reason);
    }

    private void forget() {
      open.remove(stream);
      leaders.remove(this);
    }
  }

  /** The call as the store's stream sees it, which uses it from one thread at a time. */
  private final class Receiver implements WatchReceiver {
    private final ServerCall<WatchRequest, WatchResponse> call;
    // Set before the first request is taken, and so before anything can be sent.
    private Runnable closed = () -> {};
    private boolean begun;
    // What the stream ends with, whatever its reason says.
    private volatile Optional<Status> refusal = Optional.empty();

    Receiver(ServerCall<WatchRequest, WatchResponse> call) {
      this.call = call;
    }

    @Override
    public boolean ready() {
      return call.isReady();
    }

    @Override
    public void send(WatchResponse response) {
      if (!begun) {
        begun = true;
        call.sendHeaders(new Metadata());
      }
      counted.sent(response.getSerializedSize());
      call.sendMessage(response);
    }

    @Override
    public void more() {
      call.request(1);
    }

    @Override
    public void end(ErrorCode reason) {
      Status status = refusal.orElseGet(() -> Statuses.of(reason));
      if (!call.isCancelled()) {
        counted.handled(status.getCode());
        call.close(status, new Metadata());
      }
      closed.run();
    }
  }
}
