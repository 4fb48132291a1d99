package io.metastore.client;

import io.metastore.api.ConnectOptions;
import io.metastore.api.Metastore;
import io.metastore.api.provider.RemoteProvider;
import io.metastore.core.typed.TypedMetastore;
import java.util.concurrent.CompletableFuture;

/** Connects to servers by gRPC. */
public final class GrpcProvider implements RemoteProvider {
  /** Called by the service loader. */
  public GrpcProvider() {}

  @Override
  public Metastore connect(ConnectOptions options) {
    GrpcCalls calls = new GrpcCalls(options);
    return new TypedMetastore(
        calls,
        options.requestTimeout(),
        options.endpoints(),
        // Servers may come back.
        new CompletableFuture<>(),
        calls::close);
  }
}
