package io.metastore.app.http;

import java.util.concurrent.CompletionStage;

/** What answers at a path. Called on an event loop: must not block. */
@FunctionalInterface
public interface Endpoint {
  /** Answers a request. */
  CompletionStage<HttpReply> answer(HttpCall call);
}
