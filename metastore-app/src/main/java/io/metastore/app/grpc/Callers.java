package io.metastore.app.grpc;

import io.grpc.Metadata;
import io.metastore.core.MetadataStore;
import io.metastore.core.auth.AuthStore;
import io.metastore.core.auth.Identity;
import io.metastore.core.auth.Permissions;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Who makes a call, by its metadata, and the store as that caller may use it. While authentication
 * is off this is one volatile read for each call, and a token that comes all the same is ignored.
 *
 * <p>Thread-safe.
 */
final class Callers {
  private static final Metadata.Key<String> TOKEN =
      Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);

  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  private static final String BEARER = "Bearer ";

  private static final CompletableFuture<Identity> NOBODY =
      CompletableFuture.completedFuture(Identity.NOBODY);

  private final AuthStore auth;
  private final MetadataStore store;
  private final MetadataStore forNobody;
  private final boolean asked;

  /**
   * Callers of a store.
   *
   * @param store as this process may use it
   */
  Callers(AuthStore auth, MetadataStore store) {
    this(auth, store, store.as(Identity.NOBODY), true);
  }

  private Callers(AuthStore auth, MetadataStore store, MetadataStore forNobody, boolean asked) {
    this.auth = auth;
    this.store = store;
    this.forNobody = forNobody;
    this.asked = asked;
  }

  /** Callers of what is open to all: nobody is asked, and a token that is over does no harm. */
  Callers unasked() {
    return new Callers(auth, store, forNobody, false);
  }

  /** Whether calls need to be asked who makes them. */
  boolean matter() {
    return asked && auth.state().enabled();
  }

  /** The store for a caller. */
  MetadataStore store(Identity caller) {
    return caller.equals(Identity.NOBODY) ? forNobody : store.as(caller);
  }

  /** Who makes a call; fails when its token is nobody's. */
  CompletableFuture<Identity> of(Metadata headers) {
    String token = headers.get(TOKEN);
    if (token == null) {
      token = headers.get(AUTHORIZATION);
    }
    if (token == null) {
      return NOBODY;
    }
    return auth.identify(token.startsWith(BEARER) ? token.substring(BEARER.length()) : token);
  }

  /** What a caller may do. */
  Permissions permissions(Identity caller) {
    return Permissions.of(auth.state(), caller);
  }

  /** The action, for callers that have a permission. */
  <Q, R> UnaryMethod.Action<Q, R> only(
      Consumer<Permissions> check, UnaryMethod.Action<Q, R> action) {
    return (caller, request, timeout) -> {
      check.accept(permissions(caller));
      return action.start(caller, request, timeout);
    };
  }
}
