package io.metastore.app.grpc;

import com.google.protobuf.Message;
import com.google.protobuf.MessageLite;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.app.auth.Passwords;
import io.metastore.app.grpc.stub.AuthGrpc;
import io.metastore.core.auth.AuthState;
import io.metastore.core.auth.AuthStore;
import io.metastore.core.message.AuthCommand;
import io.metastore.core.message.AuthDisableResponse;
import io.metastore.core.message.AuthEnableResponse;
import io.metastore.core.message.AuthRoleAddResponse;
import io.metastore.core.message.AuthRoleDeleteResponse;
import io.metastore.core.message.AuthRoleGrantPermissionResponse;
import io.metastore.core.message.AuthRoleRevokePermissionResponse;
import io.metastore.core.message.AuthUserAddRequest;
import io.metastore.core.message.AuthUserAddResponse;
import io.metastore.core.message.AuthUserChangePasswordRequest;
import io.metastore.core.message.AuthUserChangePasswordResponse;
import io.metastore.core.message.AuthUserDeleteResponse;
import io.metastore.core.message.AuthUserGrantRoleResponse;
import io.metastore.core.message.AuthUserRevokeRoleResponse;
import io.metastore.core.message.AuthenticateRequest;
import io.metastore.core.message.AuthenticateResponse;
import io.metastore.core.message.User;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The service about users and roles. Passwords end here: they are hashed, or checked against a
 * hash, by the member that the client asked, and go no further.
 *
 * <p>Thread-safe.
 */
final class AuthService {
  private static final Logger LOG = LoggerFactory.getLogger(AuthService.class);

  /** How often a password is checked again because users or roles changed meanwhile. */
  private static final int ATTEMPTS_MAX = 10;

  private final AuthStore auth;
  private final Passwords passwords;

  AuthService(AuthStore auth, Passwords passwords) {
    this.auth = auth;
    this.passwords = passwords;
  }

  /** The service. */
  ServerServiceDefinition definition(Methods methods) {
    ServerServiceDefinition.Builder service =
        ServerServiceDefinition.builder(AuthGrpc.SERVICE_NAME);
    // Clients send the token that they have, which may be the reason why they ask for another.
    Methods unasked = methods.unasked();
    unasked.add(
        service,
        AuthGrpc.getAuthenticateMethod(),
        (caller, request, timeout) -> authenticate(request, timeout, 1));
    unasked.add(
        service, AuthGrpc.getAuthStatusMethod(), (caller, request, timeout) -> auth.status());
    addQuestions(service, methods);
    addUsers(service, methods);
    addRoles(service, methods);
    add(
        service,
        methods,
        AuthGrpc.getAuthEnableMethod(),
        AuthCommand.Builder::setEnable,
        AuthEnableResponse.class);
    add(
        service,
        methods,
        AuthGrpc.getAuthDisableMethod(),
        AuthCommand.Builder::setDisable,
        AuthDisableResponse.class);
    return service.build();
  }

  private void addQuestions(ServerServiceDefinition.Builder service, Methods methods) {
    methods.add(
        service,
        AuthGrpc.getUserGetMethod(),
        (caller, request, timeout) -> auth.userGet(caller, request));
    methods.add(
        service, AuthGrpc.getUserListMethod(), (caller, request, timeout) -> auth.userList(caller));
    methods.add(
        service,
        AuthGrpc.getRoleGetMethod(),
        (caller, request, timeout) -> auth.roleGet(caller, request));
    methods.add(
        service, AuthGrpc.getRoleListMethod(), (caller, request, timeout) -> auth.roleList(caller));
  }

  private void addUsers(ServerServiceDefinition.Builder service, Methods methods) {
    methods.add(
        service,
        AuthGrpc.getUserAddMethod(),
        (caller, request, timeout) ->
            withHash(request)
                .thenCompose(
                    hashed ->
                        auth.change(
                            caller,
                            AuthCommand.newBuilder().setUserAdd(hashed).build(),
                            AuthUserAddResponse.class,
                            timeout)));
    methods.add(
        service,
        AuthGrpc.getUserChangePasswordMethod(),
        (caller, request, timeout) ->
            withHash(request)
                .thenCompose(
                    hashed ->
                        auth.change(
                            caller,
                            AuthCommand.newBuilder().setUserChangePassword(hashed).build(),
                            AuthUserChangePasswordResponse.class,
                            timeout)));
    add(
        service,
        methods,
        AuthGrpc.getUserDeleteMethod(),
        AuthCommand.Builder::setUserDelete,
        AuthUserDeleteResponse.class);
    add(
        service,
        methods,
        AuthGrpc.getUserGrantRoleMethod(),
        AuthCommand.Builder::setUserGrantRole,
        AuthUserGrantRoleResponse.class);
    add(
        service,
        methods,
        AuthGrpc.getUserRevokeRoleMethod(),
        AuthCommand.Builder::setUserRevokeRole,
        AuthUserRevokeRoleResponse.class);
  }

  private void addRoles(ServerServiceDefinition.Builder service, Methods methods) {
    add(
        service,
        methods,
        AuthGrpc.getRoleAddMethod(),
        AuthCommand.Builder::setRoleAdd,
        AuthRoleAddResponse.class);
    add(
        service,
        methods,
        AuthGrpc.getRoleDeleteMethod(),
        AuthCommand.Builder::setRoleDelete,
        AuthRoleDeleteResponse.class);
    add(
        service,
        methods,
        AuthGrpc.getRoleGrantPermissionMethod(),
        AuthCommand.Builder::setRoleGrantPermission,
        AuthRoleGrantPermissionResponse.class);
    add(
        service,
        methods,
        AuthGrpc.getRoleRevokePermissionMethod(),
        AuthCommand.Builder::setRoleRevokePermission,
        AuthRoleRevokePermissionResponse.class);
  }

  private <Q extends MessageLite, R extends Message> void add(
      ServerServiceDefinition.Builder service,
      Methods methods,
      MethodDescriptor<Q, R> method,
      BiConsumer<AuthCommand.Builder, Q> set,
      Class<R> responseType) {
    methods.add(
        service,
        method,
        (caller, request, timeout) -> {
          AuthCommand.Builder command = AuthCommand.newBuilder();
          set.accept(command, request);
          return auth.change(caller, command.build(), responseType, timeout);
        });
  }

  private CompletableFuture<AuthUserAddRequest> withHash(AuthUserAddRequest request) {
    AuthUserAddRequest.Builder hashed = request.toBuilder().clearPassword().clearHashedPassword();
    if (request.getOptions().getNoPassword()) {
      return CompletableFuture.completedFuture(hashed.build());
    }
    return passwords
        .hash(request.getPassword())
        .thenApply(hash -> hashed.setHashedPassword(hash).build());
  }

  /** As in etcd, a request without a password may bring the hash of one. */
  private CompletableFuture<AuthUserChangePasswordRequest> withHash(
      AuthUserChangePasswordRequest request) {
    if (request.getPassword().isEmpty()) {
      return CompletableFuture.completedFuture(request);
    }
    return passwords
        .hash(request.getPassword())
        .thenApply(hash -> request.toBuilder().clearPassword().setHashedPassword(hash).build());
  }

  /** Checks a password, and again when users or roles changed before the token was made. */
  private CompletableFuture<AuthenticateResponse> authenticate(
      AuthenticateRequest request, Duration timeout, int attempt) {
    return auth.currentState()
        .thenCompose(
            state ->
                passwords
                    .matches(request.getPassword(), hashOf(state, request.getName()))
                    .thenCompose(
                        right -> {
                          if (!right) {
                            LOG.atDebug()
                                .addKeyValue("user", request.getName())
                                .log("wrong password, refusing to authenticate");
                            throw MetastoreException.of(ErrorCode.AUTH_FAILED);
                          }
                          return auth.issueToken(request.getName(), state.revision(), timeout);
                        }))
        .exceptionallyCompose(
            failure ->
                attempt < ATTEMPTS_MAX && isStale(failure)
                    ? authenticate(request, timeout, attempt + 1)
                    : CompletableFuture.failedFuture(failure));
  }

  private static boolean isStale(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause instanceof MetastoreException refused
        && refused.code() == ErrorCode.AUTH_OLD_REVISION;
  }

  private static byte[] hashOf(AuthState state, String name) {
    if (!state.enabled()) {
      throw MetastoreException.of(ErrorCode.AUTH_NOT_ENABLED);
    }
    User user = state.user(name).orElseThrow(() -> MetastoreException.of(ErrorCode.AUTH_FAILED));
    if (user.getOptions().getNoPassword()) {
      throw MetastoreException.of(ErrorCode.NO_PASSWORD_USER);
    }
    return user.getPassword().toByteArray();
  }
}
