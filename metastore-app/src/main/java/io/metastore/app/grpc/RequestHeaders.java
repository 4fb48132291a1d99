package io.metastore.app.grpc;

import io.grpc.Metadata;
import org.jspecify.annotations.Nullable;

/** What etcd's clients say of a call in its metadata, beside who they are. */
final class RequestHeaders {
  private static final Metadata.Key<String> HAS_LEADER =
      Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER);

  private static final Metadata.Key<String> API_VERSION =
      Metadata.Key.of("client-api-version", Metadata.ASCII_STRING_MARSHALLER);

  private RequestHeaders() {}

  /** Whether the client demands a leader. */
  static boolean demandsLeader(Metadata headers) {
    return "true".equals(headers.get(HAS_LEADER));
  }

  /** The version of the API that the client was made for; null when it does not say. */
  static @Nullable String apiVersion(Metadata headers) {
    return headers.get(API_VERSION);
  }
}
