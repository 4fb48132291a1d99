package io.metastore.client;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * One request and one response, also by methods that could exchange more. Reads are sent again when
 * a connection breaks under them, writes only when it broke before they went out. Used on the
 * channel's event loop.
 *
 * @param <Q> request
 * @param <R> response
 */
final class Exchange<Q, R> extends ClientCall.Listener<R> {
  static final Metadata.Key<String> TOKEN =
      Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);

  private static final Duration RETRY_FIRST = Duration.ofMillis(10);
  private static final Duration RETRY_MAX = Duration.ofMillis(500);

  private final Connection connection;
  private final MethodDescriptor<Q, R> method;
  private final Q request;
  private final long deadline;
  private final boolean read;
  private final int answerBytesMax;
  private final CompletableFuture<R> answer;
  private final Duration retry;
  private Optional<R> response = Optional.empty();
  private volatile boolean sent;
  private volatile String token = "";
  private boolean renewed;

  private Exchange(
      Connection connection,
      MethodDescriptor<Q, R> method,
      Q request,
      long deadline,
      boolean read,
      int answerBytesMax,
      CompletableFuture<R> answer,
      Duration retry) {
    this.connection = connection;
    this.method = method;
    this.request = request;
    this.deadline = deadline;
    this.read = read;
    this.answerBytesMax = answerBytesMax;
    this.answer = answer;
    this.retry = retry;
  }

  /**
   * Sends a request.
   *
   * @param read whether it changes nothing, however often it is sent
   */
  static <Q, R> CompletableFuture<R> send(
      Connection connection,
      MethodDescriptor<Q, R> method,
      Q request,
      Duration timeout,
      boolean read) {
    return send(connection, method, request, timeout, read, Integer.MAX_VALUE);
  }

  /**
   * Sends a request.
   *
   * @param read whether it changes nothing, however often it is sent
   * @param answerBytesMax a larger answer is not taken
   */
  static <Q, R> CompletableFuture<R> send(
      Connection connection,
      MethodDescriptor<Q, R> method,
      Q request,
      Duration timeout,
      boolean read,
      int answerBytesMax) {
    CompletableFuture<R> answer = new CompletableFuture<>();
    long deadline = System.nanoTime() + timeout.toNanos();
    new Exchange<>(connection, method, request, deadline, read, answerBytesMax, answer, RETRY_FIRST)
        .start();
    return answer;
  }

  /** Gives up. */
  void fail(MetastoreException failure) {
    answer.completeExceptionally(failure);
  }

  /** Sends the request, as the user whom the connection has. */
  void start() {
    if (connection.session().isEmpty() || method == Methods.AUTHENTICATE) {
      send(new Metadata());
      return;
    }
    CompletableFuture<Void> unused =
        connection
            .session()
            .get()
            .token()
            .handle(
                (known, failure) -> {
                  if (failure == null) {
                    token = known;
                    Metadata headers = new Metadata();
                    headers.put(TOKEN, known);
                    send(headers);
                  } else {
                    answer.completeExceptionally(failure);
                  }
                  return null;
                });
  }

  private void send(Metadata headers) {
    CallOptions options =
        CallOptions.DEFAULT
            .withDeadlineAfter(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS)
            .withWaitForReady()
            .withMaxInboundMessageSize(answerBytesMax)
            .withStreamTracerFactory(
                new ClientStreamTracer.Factory() {
                  @Override
                  public ClientStreamTracer newClientStreamTracer(
                      ClientStreamTracer.StreamInfo info, Metadata headers) {
                    return new Tracer();
                  }
                });
    boolean begun =
        connection.use(
            channel -> {
              ClientCall<Q, R> call = channel.newCall(method, options);
              call.start(this, headers);
              call.request(2);
              call.sendMessage(request);
              call.halfClose();
            });
    if (!begun) {
      fail(MetastoreException.of(ErrorCode.STOPPED));
    }
  }

  @Override
  public void onMessage(R message) {
    response = response.or(() -> Optional.of(message));
  }

  @Override
  public void onClose(Status status, Metadata trailers) {
    if (response.isPresent() && (status.isOk() || method.getType() != MethodType.UNARY)) {
      answer.complete(response.get());
    } else if (!renews(status) && !retries(status)) {
      answer.completeExceptionally(
          connection.isClosed() && !sent
              ? MetastoreException.of(ErrorCode.STOPPED)
              : Failures.of(status, sent));
    }
  }

  /** Sends a request again, once, whose token the server no longer takes: it has not been done. */
  private boolean renews(Status status) {
    ErrorCode code = Failures.code(status);
    boolean refused = code == ErrorCode.INVALID_AUTH_TOKEN || code == ErrorCode.AUTH_OLD_REVISION;
    if (renewed || !refused || connection.session().isEmpty()) {
      return false;
    }
    renewed = true;
    response = Optional.empty();
    connection.session().get().forget(token);
    start();
    return true;
  }

  /**
   * Sends a read, or what never went out, again after a while, if that may help and there is time.
   */
  private boolean retries(Status status) {
    if ((sent && !read)
        || !Failures.isConnectionLost(status)
        || deadline - System.nanoTime() <= retry.toNanos()) {
      return false;
    }
    Duration longer = retry.multipliedBy(2);
    Exchange<Q, R> again =
        new Exchange<>(
            connection,
            method,
            request,
            deadline,
            read,
            answerBytesMax,
            answer,
            longer.compareTo(RETRY_MAX) < 0 ? longer : RETRY_MAX);
    return connection.retry(again, retry);
  }

  /** Sees whether the request went out: only then can it have been done. */
  private final class Tracer extends ClientStreamTracer {
    @Override
    public void outboundMessage(int sequence) {
      sent = true;
    }
  }
}
