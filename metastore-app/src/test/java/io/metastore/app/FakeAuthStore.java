package io.metastore.app;

import com.google.protobuf.Message;
import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.core.auth.AuthState;
import io.metastore.core.auth.AuthStore;
import io.metastore.core.auth.Identity;
import io.metastore.core.message.AuthCommand;
import io.metastore.core.message.AuthRoleGetRequest;
import io.metastore.core.message.AuthRoleGetResponse;
import io.metastore.core.message.AuthRoleListResponse;
import io.metastore.core.message.AuthStatusResponse;
import io.metastore.core.message.AuthUserGetRequest;
import io.metastore.core.message.AuthUserGetResponse;
import io.metastore.core.message.AuthUserListResponse;
import io.metastore.core.message.AuthenticateResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** A store without users: everything is open, and nothing about users is answered. */
final class FakeAuthStore implements AuthStore {
  @Override
  public AuthState state() {
    return AuthState.none();
  }

  @Override
  public CompletableFuture<AuthState> currentState() {
    return CompletableFuture.completedFuture(state());
  }

  @Override
  public void tokenTtl(Duration ttl) {}

  @Override
  public CompletableFuture<Identity> identify(String token) {
    return refused();
  }

  @Override
  public CompletableFuture<AuthenticateResponse> issueToken(
      String user, long checkedRevision, Duration timeout) {
    return refused();
  }

  @Override
  public <R extends Message> CompletableFuture<R> change(
      Identity caller, AuthCommand command, Class<R> responseType, Duration timeout) {
    return refused();
  }

  @Override
  public CompletableFuture<AuthStatusResponse> status() {
    return refused();
  }

  @Override
  public CompletableFuture<AuthUserGetResponse> userGet(
      Identity caller, AuthUserGetRequest request) {
    return refused();
  }

  @Override
  public CompletableFuture<AuthUserListResponse> userList(Identity caller) {
    return refused();
  }

  @Override
  public CompletableFuture<AuthRoleGetResponse> roleGet(
      Identity caller, AuthRoleGetRequest request) {
    return refused();
  }

  @Override
  public CompletableFuture<AuthRoleListResponse> roleList(Identity caller) {
    return refused();
  }

  private static <R> CompletableFuture<R> refused() {
    return CompletableFuture.failedFuture(MetastoreException.of(ErrorCode.AUTH_NOT_ENABLED));
  }
}
