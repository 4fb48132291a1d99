package io.metastore.app.grpc;

import com.google.protobuf.MessageLite;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.metastore.app.metrics.CallMetrics;
import io.metastore.core.MetadataStore;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/**
 * Makes unary methods that share what all have in common. Thread-safe.
 *
 * @param callers who makes the calls
 * @param leaderKnown whether there is a leader, for clients that demand one
 * @param limit of a message
 * @param requestTimeout longest time of a call, unless its client wants less
 * @param metrics counts the calls
 */
record Methods(
    Callers callers,
    BooleanSupplier leaderKnown,
    ReceiveLimit limit,
    Duration requestTimeout,
    CallMetrics metrics) {

  /** What a method does with the store, which checks its caller's permissions. */
  @FunctionalInterface
  interface StoreAction<Q, R> {
    /** Starts on a request; must not block. */
    CompletableFuture<R> start(MetadataStore store, Q request, Duration timeout);
  }

  /** The same for methods that are open to all. */
  Methods unasked() {
    return new Methods(callers.unasked(), leaderKnown, limit, requestTimeout, metrics);
  }

  /** Adds a method that the store answers. */
  <Q extends MessageLite, R extends MessageLite> void addStored(
      ServerServiceDefinition.Builder service,
      MethodDescriptor<Q, R> method,
      StoreAction<Q, R> action) {
    add(service, method, stored(action));
  }

  /** The store's answer for whoever calls. */
  <Q, R> UnaryMethod.Action<Q, R> stored(StoreAction<Q, R> action) {
    return (caller, request, timeout) -> action.start(callers.store(caller), request, timeout);
  }

  /** Adds a method. */
  <Q extends MessageLite, R extends MessageLite> void add(
      ServerServiceDefinition.Builder service,
      MethodDescriptor<Q, R> method,
      UnaryMethod.Action<Q, R> action) {
    service.addMethod(
        RequestMarshaller.reading(method),
        new UnaryMethod<>(
            method.getFullMethodName(),
            action,
            callers,
            leaderKnown,
            limit,
            requestTimeout,
            metrics.method(String.valueOf(method.getServiceName()), bareName(method))));
  }

  private static String bareName(MethodDescriptor<?, ?> method) {
    return String.valueOf(method.getBareMethodName());
  }
}
