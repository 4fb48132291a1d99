package io.metastore.core.auth;

import com.google.protobuf.Message;
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

/**
 * The calls about users and roles, in etcd's own messages, and who a client is. Passwords are the
 * front end's: it hashes and checks them, so that none reaches the log.
 *
 * <p>Thread-safe. Calls do not block; futures fail with a {@link
 * io.metastore.api.MetastoreException}. Responses carry complete headers.
 */
public interface AuthStore {
  /** The newest state that this member has published. */
  AuthState state();

  /** The state once everything is applied that was committed when this was called. */
  CompletableFuture<AuthState> currentState();

  /** How long a token counts after it was used last; of effect from now on. */
  void tokenTtl(Duration ttl);

  /**
   * Who has a token. A token that this member may yet learn of is waited for.
   *
   * @return fails with {@code INVALID_AUTH_TOKEN} when nobody has
   */
  CompletableFuture<Identity> identify(String token);

  /**
   * Makes a token for a user whose password was right, known to all members.
   *
   * @param checkedRevision the auth revision at which the password was checked
   * @return fails with {@code AUTH_OLD_REVISION} when there is a newer one: check again
   */
  CompletableFuture<AuthenticateResponse> issueToken(
      String user, long checkedRevision, Duration timeout);

  /**
   * Changes users, roles or whether authentication is on.
   *
   * @param command without a password in it
   * @param responseType of the change
   */
  <R extends Message> CompletableFuture<R> change(
      Identity caller, AuthCommand command, Class<R> responseType, Duration timeout);

  /** Whether authentication is on, and the auth revision; needs no user. */
  CompletableFuture<AuthStatusResponse> status();

  /** The roles of a user. */
  CompletableFuture<AuthUserGetResponse> userGet(Identity caller, AuthUserGetRequest request);

  /** All users. */
  CompletableFuture<AuthUserListResponse> userList(Identity caller);

  /** The permissions of a role. */
  CompletableFuture<AuthRoleGetResponse> roleGet(Identity caller, AuthRoleGetRequest request);

  /** All roles. */
  CompletableFuture<AuthRoleListResponse> roleList(Identity caller);
}
