package io.metastore.core.auth;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.core.message.AuthRoleAddRequest;
import io.metastore.core.message.AuthRoleAddResponse;
import io.metastore.core.message.AuthRoleDeleteRequest;
import io.metastore.core.message.AuthRoleDeleteResponse;
import io.metastore.core.message.AuthRoleGrantPermissionRequest;
import io.metastore.core.message.AuthRoleGrantPermissionResponse;
import io.metastore.core.message.AuthRoleRevokePermissionRequest;
import io.metastore.core.message.AuthRoleRevokePermissionResponse;
import io.metastore.core.message.Permission;
import io.metastore.core.message.Role;
import io.metastore.core.message.User;
import io.metastore.core.mvcc.KeyRanges;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What the commands about roles do. Belongs to the apply thread. */
final class RoleCommands {
  private static final Comparator<Permission> BY_KEY =
      Comparator.comparing(Permission::getKey, ByteString.unsignedLexicographicalComparator());

  private RoleCommands() {}

  static Message.Builder add(AuthLedger ledger, AuthRoleAddRequest request) {
    if (request.getName().isEmpty()) {
      throw MetastoreException.of(ErrorCode.ROLE_EMPTY);
    }
    if (ledger.state().role(request.getName()).isPresent()) {
      throw MetastoreException.of(ErrorCode.ROLE_ALREADY_EXIST);
    }
    ledger.put(Role.newBuilder().setName(ByteString.copyFromUtf8(request.getName())).build());
    ledger.changed();
    return AuthRoleAddResponse.newBuilder();
  }

  static Message.Builder delete(AuthLedger ledger, AuthRoleDeleteRequest request) {
    String name = request.getRole();
    if (ledger.state().enabled() && name.equals(AuthState.ROOT)) {
      throw MetastoreException.of(ErrorCode.INVALID_AUTH_MGMT);
    }
    require(ledger, name);
    ledger.deleteRole(name);
    for (User user : List.copyOf(ledger.state().users().values())) {
      if (user.getRolesList().contains(name)) {
        ledger.put(UserCommands.without(user, name));
      }
    }
    ledger.changed();
    return AuthRoleDeleteResponse.newBuilder();
  }

  static Message.Builder grant(AuthLedger ledger, AuthRoleGrantPermissionRequest request) {
    if (!request.hasPerm()) {
      throw MetastoreException.of(ErrorCode.PERMISSION_NOT_GIVEN);
    }
    Permission granted = request.getPerm();
    if (granted.getKey().isEmpty()
        || KeyRanges.covered(granted.getKey(), granted.getRangeEnd()).isEmpty()) {
      throw MetastoreException.of(ErrorCode.INVALID_AUTH_MGMT);
    }
    Role role = require(ledger, request.getName());
    List<Permission> permissions = new ArrayList<>(role.getKeyPermissionList());
    permissions.removeIf(known -> isFor(known, granted.getKey(), granted.getRangeEnd()));
    permissions.add(granted);
    // Stable: of one key's ranges, the one that was granted first comes first.
    permissions.sort(BY_KEY);
    replace(ledger, role, permissions);
    return AuthRoleGrantPermissionResponse.newBuilder();
  }

  static Message.Builder revoke(AuthLedger ledger, AuthRoleRevokePermissionRequest request) {
    Role role = require(ledger, request.getRole());
    List<Permission> permissions = new ArrayList<>(role.getKeyPermissionList());
    if (!permissions.removeIf(known -> isFor(known, request.getKey(), request.getRangeEnd()))) {
      throw MetastoreException.of(ErrorCode.PERMISSION_NOT_GRANTED);
    }
    replace(ledger, role, permissions);
    return AuthRoleRevokePermissionResponse.newBuilder();
  }

  private static void replace(AuthLedger ledger, Role role, List<Permission> permissions) {
    ledger.put(role.toBuilder().clearKeyPermission().addAllKeyPermission(permissions).build());
    ledger.changed();
  }

  private static boolean isFor(Permission permission, ByteString key, ByteString rangeEnd) {
    return permission.getKey().equals(key) && permission.getRangeEnd().equals(rangeEnd);
  }

  private static Role require(AuthLedger ledger, String name) {
    return ledger
        .state()
        .role(name)
        .orElseThrow(() -> MetastoreException.of(ErrorCode.ROLE_NOT_FOUND));
  }
}
