package io.metastore.app.http;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Finds the endpoint of a path. Immutable. */
public final class Router {
  private final Map<String, Endpoint> endpoints;

  /** Endpoints by exact path. */
  public Router(Map<String, Endpoint> endpoints) {
    this.endpoints = Map.copyOf(endpoints);
  }

  /** Answers a request, with 404 for an unknown path. */
  CompletionStage<HttpReply> answer(HttpCall call) {
    Endpoint endpoint = endpoints.get(call.path());
    if (endpoint == null) {
      return CompletableFuture.completedFuture(HttpReply.text(404, "404 page not found"));
    }
    return endpoint.answer(call);
  }

  /** An endpoint that answers GET and HEAD only. */
  static Endpoint readOnly(Endpoint endpoint) {
    return call ->
        call.method().equals("GET") || call.method().equals("HEAD")
            ? endpoint.answer(call)
            : CompletableFuture.completedFuture(HttpReply.methodNotAllowed("GET, HEAD"));
  }

  /** An endpoint that answers GET only, as etcd's health endpoints do. */
  static Endpoint getOnly(Endpoint endpoint) {
    return call ->
        call.method().equals("GET")
            ? endpoint.answer(call)
            : CompletableFuture.completedFuture(HttpReply.methodNotAllowed("GET"));
  }
}
