package io.metastore.core.auth;

import com.google.protobuf.Message;
import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.core.message.AuthCommand;
import io.metastore.core.message.AuthDisableResponse;
import io.metastore.core.message.AuthEnableResponse;
import io.metastore.core.message.AuthenticateResponse;
import io.metastore.core.message.ResponseHeader;
import io.metastore.core.message.TokenIssue;
import io.metastore.core.message.User;

/**
 * What the commands about users and roles do, and what they answer (behaviours 65, 68, 74, 75 and
 * 77 of the contract; etcd {@code server/auth/store.go}). Headers of answers carry the store's
 * revision alone, which none of them moves.
 *
 * <p>Belongs to the apply thread.
 */
public final class AuthCommands {
  private AuthCommands() {}

  /**
   * Applies a command.
   *
   * @param index of its log entry
   * @param storeRevision for the header
   * @throws MetastoreException when it is refused; nothing was changed
   */
  public static Message.Builder apply(
      AuthLedger ledger, AuthCommand command, long index, long storeRevision) {
    Message.Builder response =
        switch (command.getChangeCase()) {
          case ENABLE -> enable(ledger);
          case DISABLE -> disable(ledger);
          case ISSUE_TOKEN -> issue(ledger, command.getIssueToken(), index);
          case USER_ADD -> UserCommands.add(ledger, command.getUserAdd());
          case USER_DELETE -> UserCommands.delete(ledger, command.getUserDelete());
          case USER_CHANGE_PASSWORD ->
              UserCommands.changePassword(ledger, command.getUserChangePassword());
          case USER_GRANT_ROLE -> UserCommands.grant(ledger, command.getUserGrantRole());
          case USER_REVOKE_ROLE -> UserCommands.revoke(ledger, command.getUserRevokeRole());
          case ROLE_ADD -> RoleCommands.add(ledger, command.getRoleAdd());
          case ROLE_DELETE -> RoleCommands.delete(ledger, command.getRoleDelete());
          case ROLE_GRANT_PERMISSION ->
              RoleCommands.grant(ledger, command.getRoleGrantPermission());
          case ROLE_REVOKE_PERMISSION ->
              RoleCommands.revoke(ledger, command.getRoleRevokePermission());
          case CHANGE_NOT_SET ->
              throw new IllegalStateException(
                  "log entry " + index + " changes users in a way that this release does not know");
        };
    ResponseHeader header = ResponseHeader.newBuilder().setRevision(storeRevision).build();
    return response.setField(response.getDescriptorForType().findFieldByName("header"), header);
  }

  private static Message.Builder enable(AuthLedger ledger) {
    if (!ledger.state().enabled()) {
      User root =
          ledger
              .state()
              .user(AuthState.ROOT)
              .orElseThrow(() -> MetastoreException.of(ErrorCode.ROOT_USER_NOT_EXIST));
      if (!root.getRolesList().contains(AuthState.ROOT)) {
        throw MetastoreException.of(ErrorCode.ROOT_ROLE_NOT_EXIST);
      }
      ledger.enable(true);
    }
    return AuthEnableResponse.newBuilder();
  }

  private static Message.Builder disable(AuthLedger ledger) {
    if (ledger.state().enabled()) {
      ledger.enable(false);
      ledger.tell(new AuthChange.AllDropped());
    }
    return AuthDisableResponse.newBuilder();
  }

  /** A password that was right at another revision may be another one by now. */
  private static Message.Builder issue(AuthLedger ledger, TokenIssue issue, long index) {
    if (!ledger.state().enabled()) {
      throw MetastoreException.of(ErrorCode.AUTH_NOT_ENABLED);
    }
    if (issue.getCheckedRevision() != ledger.state().revision()) {
      throw MetastoreException.of(ErrorCode.AUTH_OLD_REVISION);
    }
    String token = issue.getPrefix() + "." + index;
    ledger.tell(new AuthChange.Issued(token, issue.getUser()));
    return AuthenticateResponse.newBuilder().setToken(token);
  }
}
