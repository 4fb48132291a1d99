package io.metastore.core;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.core.apply.StateMachine;
import io.metastore.core.auth.AuthState;
import io.metastore.core.auth.AuthStore;
import io.metastore.core.auth.Identity;
import io.metastore.core.auth.Permissions;
import io.metastore.core.auth.TokenTable;
import io.metastore.core.message.AuthCommand;
import io.metastore.core.message.AuthRoleGetRequest;
import io.metastore.core.message.AuthRoleGetResponse;
import io.metastore.core.message.AuthRoleListResponse;
import io.metastore.core.message.AuthStatusResponse;
import io.metastore.core.message.AuthUserGetRequest;
import io.metastore.core.message.AuthUserGetResponse;
import io.metastore.core.message.AuthUserListResponse;
import io.metastore.core.message.AuthenticateResponse;
import io.metastore.core.message.Permission;
import io.metastore.core.message.Proposal;
import io.metastore.core.message.ResponseHeader;
import io.metastore.core.message.Role;
import io.metastore.core.message.TokenIssue;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * The calls about users over consensus and state machine: changes go through the log, what is asked
 * is answered from the newest state behind the read barrier.
 *
 * <p>Thread-safe; nothing blocks.
 */
public final class AuthCalls implements AuthStore {
  private static final int PREFIX_LETTERS = 16;
  private static final String LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

  private static final Permission EVERYTHING =
      Permission.newBuilder()
          .setPermType(Permission.Type.READWRITE)
          .setRangeEnd(ByteString.copyFrom(new byte[] {0}))
          .build();

  private final StateMachine stateMachine;
  private final Consensus consensus;
  private final WritePath writes;
  private final TokenTable tokens;
  // Thread-safe.
  private final SecureRandom random = new SecureRandom();

  /**
   * Creates the calls; they own none of their collaborators.
   *
   * @param store through whose log changes go
   * @param tokens told of them by the state machine
   */
  public AuthCalls(
      StateMachine stateMachine, Consensus consensus, ReplicatedStore store, TokenTable tokens) {
    this.stateMachine = stateMachine;
    this.consensus = consensus;
    this.writes = store.writes();
    this.tokens = tokens;
  }

  @Override
  public AuthState state() {
    return stateMachine.auth();
  }

  @Override
  public CompletableFuture<AuthState> currentState() {
    return consensus.readBarrier().thenApply(passed -> stateMachine.auth());
  }

  @Override
  public void tokenTtl(Duration ttl) {
    tokens.ttl(ttl);
  }

  @Override
  public CompletableFuture<Identity> identify(String token) {
    Optional<Identity> known = find(token);
    if (known.isPresent()) {
      return CompletableFuture.completedFuture(known.get());
    }
    if (issuedAt(token) <= stateMachine.state().appliedIndex()) {
      return CompletableFuture.failedFuture(MetastoreException.of(ErrorCode.INVALID_AUTH_TOKEN));
    }
    // It was committed before the client had it, so it is known behind the barrier.
    return consensus
        .readBarrier()
        .thenApply(
            passed ->
                find(token).orElseThrow(() -> MetastoreException.of(ErrorCode.INVALID_AUTH_TOKEN)));
  }

  private Optional<Identity> find(String token) {
    return tokens.use(token).map(Identity::of);
  }

  /** The index of the entry that a token came from; 0 for what is no token. */
  private static long issuedAt(String token) {
    int dot = token.indexOf('.');
    try {
      return dot < 0 ? 0 : Long.parseLong(token.substring(dot + 1));
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  @Override
  public CompletableFuture<AuthenticateResponse> issueToken(
      String user, long checkedRevision, Duration timeout) {
    TokenIssue.Builder issue =
        TokenIssue.newBuilder()
            .setUser(user)
            .setCheckedRevision(checkedRevision)
            .setPrefix(prefix());
    return change(
        Identity.NOBODY,
        AuthCommand.newBuilder().setIssueToken(issue).build(),
        AuthenticateResponse.class,
        timeout);
  }

  private String prefix() {
    StringBuilder prefix = new StringBuilder(PREFIX_LETTERS);
    for (int i = 0; i < PREFIX_LETTERS; i++) {
      prefix.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    return prefix.toString();
  }

  @Override
  public <R extends Message> CompletableFuture<R> change(
      Identity identity, AuthCommand command, Class<R> responseType, Duration timeout) {
    return writes
        .as(new Caller(identity, stateMachine))
        .propose(
            () -> requireNoPassword(command),
            Proposal.newBuilder().setAuth(command),
            0,
            timeout,
            Message.Builder.class,
            response -> responseType.cast(completed(response)));
  }

  private static void requireNoPassword(AuthCommand command) {
    if (!command.getUserAdd().getPassword().isEmpty()
        || !command.getUserChangePassword().getPassword().isEmpty()) {
      throw new IllegalStateException("a password must not reach the log; its hash may");
    }
  }

  private Message completed(Message.Builder response) {
    FieldDescriptor header = response.getDescriptorForType().findFieldByName("header");
    return response
        .setField(header, writes.complete((ResponseHeader) response.getField(header)))
        .build();
  }

  @Override
  public CompletableFuture<AuthStatusResponse> status() {
    return currentState()
        .thenApply(
            state ->
                AuthStatusResponse.newBuilder()
                    .setHeader(header())
                    .setEnabled(state.enabled())
                    .setAuthRevision(state.revision())
                    .build());
  }

  @Override
  public CompletableFuture<AuthUserGetResponse> userGet(
      Identity caller, AuthUserGetRequest request) {
    return permitted(caller, permissions -> permissions.checkUserGet(request.getName()))
        .thenApply(
            state ->
                AuthUserGetResponse.newBuilder()
                    .setHeader(header())
                    .addAllRoles(
                        state
                            .user(request.getName())
                            .orElseThrow(() -> MetastoreException.of(ErrorCode.USER_NOT_FOUND))
                            .getRolesList())
                    .build());
  }

  @Override
  public CompletableFuture<AuthUserListResponse> userList(Identity caller) {
    return permitted(caller, Permissions::requireAdmin)
        .thenApply(
            state ->
                AuthUserListResponse.newBuilder()
                    .setHeader(header())
                    .addAllUsers(state.users().keySet())
                    .build());
  }

  @Override
  public CompletableFuture<AuthRoleGetResponse> roleGet(
      Identity caller, AuthRoleGetRequest request) {
    return permitted(caller, permissions -> permissions.checkRoleGet(request.getRole()))
        .thenApply(
            state -> {
              Role role =
                  state
                      .role(request.getRole())
                      .orElseThrow(() -> MetastoreException.of(ErrorCode.ROLE_NOT_FOUND));
              AuthRoleGetResponse.Builder response =
                  AuthRoleGetResponse.newBuilder().setHeader(header());
              return request.getRole().equals(AuthState.ROOT)
                  ? response.addPerm(EVERYTHING).build()
                  : response.addAllPerm(role.getKeyPermissionList()).build();
            });
  }

  @Override
  public CompletableFuture<AuthRoleListResponse> roleList(Identity caller) {
    return permitted(caller, Permissions::requireAdmin)
        .thenApply(
            state ->
                AuthRoleListResponse.newBuilder()
                    .setHeader(header())
                    .addAllRoles(state.roles().keySet())
                    .build());
  }

  private CompletableFuture<AuthState> permitted(Identity caller, Consumer<Permissions> check) {
    return currentState()
        .thenApply(
            state -> {
              check.accept(Permissions.of(state, caller));
              return state;
            });
  }

  private ResponseHeader header() {
    return ReplicatedStore.header(consensus.status(), stateMachine.state().revision());
  }
}
