package io.metastore.client;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * One request and one response, also by methods that could exchange more. Reads are sent again when
 * a connection breaks under them. Used on the channel's event loop.
 *
 * @param <Q> request
 * @param <R> response
 */
final class Exchange<Q, R> extends ClientCall.Listener<R> {
  private final Channel channel;
  private final MethodDescriptor<Q, R> method;
  private final Q request;
  private final long deadline;
  private final boolean read;
  private final CompletableFuture<R> answer;
  private Optional<R> response = Optional.empty();
  private volatile boolean sent;

  private Exchange(
      Channel channel,
      MethodDescriptor<Q, R> method,
      Q request,
      long deadline,
      boolean read,
      CompletableFuture<R> answer) {
    this.channel = channel;
    this.method = method;
    this.request = request;
    this.deadline = deadline;
    this.read = read;
    this.answer = answer;
  }

  /**
   * Sends a request.
   *
   * @param read whether it changes nothing, however often it is sent
   */
  static <Q, R> CompletableFuture<R> send(
      Channel channel, MethodDescriptor<Q, R> method, Q request, Duration timeout, boolean read) {
    CompletableFuture<R> answer = new CompletableFuture<>();
    long deadline = System.nanoTime() + timeout.toNanos();
    new Exchange<>(channel, method, request, deadline, read, answer).start();
    return answer;
  }

  private void start() {
    CallOptions options =
        CallOptions.DEFAULT
            .withDeadlineAfter(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS)
            .withWaitForReady()
            .withStreamTracerFactory(
                new ClientStreamTracer.Factory() {
                  @Override
                  public ClientStreamTracer newClientStreamTracer(
                      ClientStreamTracer.StreamInfo info, Metadata headers) {
                    return new Tracer();
                  }
                });
    ClientCall<Q, R> call = channel.newCall(method, options);
    call.start(this, new Metadata());
    call.request(2);
    call.sendMessage(request);
    call.halfClose();
  }

  @Override
  public void onMessage(R message) {
    response = response.or(() -> Optional.of(message));
  }

  @Override
  public void onClose(Status status, Metadata trailers) {
    if (response.isPresent() && (status.isOk() || method.getType() != MethodType.UNARY)) {
      answer.complete(response.get());
    } else if (read && Failures.passes(status) && deadline - System.nanoTime() > 0) {
      new Exchange<>(channel, method, request, deadline, true, answer).start();
    } else {
      answer.completeExceptionally(Failures.of(status, sent));
    }
  }

  /** Sees whether the request went out: only then can it have been done. */
  private final class Tracer extends ClientStreamTracer {
    @Override
    public void outboundMessage(int sequence) {
      sent = true;
    }
  }
}
