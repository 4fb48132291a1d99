package io.metastore.core.auth;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.core.message.AuthUserAddRequest;
import io.metastore.core.message.AuthUserAddResponse;
import io.metastore.core.message.AuthUserChangePasswordRequest;
import io.metastore.core.message.AuthUserChangePasswordResponse;
import io.metastore.core.message.AuthUserDeleteRequest;
import io.metastore.core.message.AuthUserDeleteResponse;
import io.metastore.core.message.AuthUserGrantRoleRequest;
import io.metastore.core.message.AuthUserGrantRoleResponse;
import io.metastore.core.message.AuthUserRevokeRoleRequest;
import io.metastore.core.message.AuthUserRevokeRoleResponse;
import io.metastore.core.message.User;
import java.util.Base64;
import java.util.SortedSet;
import java.util.TreeSet;

/** What the commands about users do. Belongs to the apply thread. */
final class UserCommands {
  private UserCommands() {}

  static Message.Builder add(AuthLedger ledger, AuthUserAddRequest request) {
    if (request.getName().isEmpty()) {
      throw MetastoreException.of(ErrorCode.USER_EMPTY);
    }
    if (ledger.state().user(request.getName()).isPresent()) {
      throw MetastoreException.of(ErrorCode.USER_ALREADY_EXIST);
    }
    User.Builder user =
        User.newBuilder()
            .setName(ByteString.copyFromUtf8(request.getName()))
            .setOptions(request.getOptions());
    if (!request.getOptions().getNoPassword()) {
      user.setPassword(hash(request.getHashedPassword()));
    }
    ledger.put(user.build());
    ledger.changed();
    return AuthUserAddResponse.newBuilder();
  }

  static Message.Builder delete(AuthLedger ledger, AuthUserDeleteRequest request) {
    if (ledger.state().enabled() && request.getName().equals(AuthState.ROOT)) {
      throw MetastoreException.of(ErrorCode.INVALID_AUTH_MGMT);
    }
    require(ledger, request.getName());
    ledger.deleteUser(request.getName());
    ledger.changed();
    ledger.tell(new AuthChange.Dropped(request.getName()));
    return AuthUserDeleteResponse.newBuilder();
  }

  static Message.Builder changePassword(AuthLedger ledger, AuthUserChangePasswordRequest request) {
    User user = require(ledger, request.getName());
    ByteString password =
        user.getOptions().getNoPassword() ? ByteString.EMPTY : hash(request.getHashedPassword());
    ledger.put(user.toBuilder().setPassword(password).build());
    ledger.changed();
    ledger.tell(new AuthChange.Dropped(request.getName()));
    return AuthUserChangePasswordResponse.newBuilder();
  }

  static Message.Builder grant(AuthLedger ledger, AuthUserGrantRoleRequest request) {
    User user = require(ledger, request.getUser());
    // Root needs no record: it may do everything.
    if (!request.getRole().equals(AuthState.ROOT)
        && ledger.state().role(request.getRole()).isEmpty()) {
      throw MetastoreException.of(ErrorCode.ROLE_NOT_FOUND);
    }
    SortedSet<String> roles = new TreeSet<>(user.getRolesList());
    if (roles.add(request.getRole())) {
      ledger.put(user.toBuilder().clearRoles().addAllRoles(roles).build());
      ledger.changed();
    }
    return AuthUserGrantRoleResponse.newBuilder();
  }

  static Message.Builder revoke(AuthLedger ledger, AuthUserRevokeRoleRequest request) {
    if (ledger.state().enabled()
        && request.getName().equals(AuthState.ROOT)
        && request.getRole().equals(AuthState.ROOT)) {
      throw MetastoreException.of(ErrorCode.INVALID_AUTH_MGMT);
    }
    User user = require(ledger, request.getName());
    if (!user.getRolesList().contains(request.getRole())) {
      throw MetastoreException.of(ErrorCode.ROLE_NOT_GRANTED);
    }
    ledger.put(without(user, request.getRole()));
    ledger.changed();
    return AuthUserRevokeRoleResponse.newBuilder();
  }

  static User without(User user, String role) {
    return user.toBuilder()
        .clearRoles()
        .addAllRoles(user.getRolesList().stream().filter(held -> !held.equals(role)).toList())
        .build();
  }

  private static User require(AuthLedger ledger, String name) {
    return ledger
        .state()
        .user(name)
        .orElseThrow(() -> MetastoreException.of(ErrorCode.USER_NOT_FOUND));
  }

  private static ByteString hash(String encoded) {
    try {
      return ByteString.copyFrom(Base64.getDecoder().decode(encoded));
    } catch (IllegalArgumentException e) {
      // As in etcd, whatever it means there.
      throw MetastoreException.of(ErrorCode.NO_PASSWORD_USER);
    }
  }
}
