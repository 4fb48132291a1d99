package io.metastore.core.auth;

import io.metastore.api.storage.KeyRange;
import io.metastore.core.message.Permission;
import io.metastore.core.message.Role;
import io.metastore.core.message.User;
import io.metastore.core.mvcc.KeyRanges;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a user may do, all roles together.
 *
 * @param root whether that is everything
 * @param readable keys that may be read
 * @param writable keys that may be written
 */
record Rights(boolean root, KeySet readable, KeySet writable) {
  static Rights of(User user, Map<String, Role> roles) {
    List<KeyRange> readable = new ArrayList<>();
    List<KeyRange> writable = new ArrayList<>();
    for (String name : user.getRolesList()) {
      Role role = roles.get(name);
      if (role == null) {
        continue; // Root needs no role of its own to be granted.
      }
      for (Permission permission : role.getKeyPermissionList()) {
        KeyRange range = KeyRanges.covered(permission.getKey(), permission.getRangeEnd());
        switch (permission.getPermType()) {
          case READ -> readable.add(range);
          case WRITE -> writable.add(range);
          case READWRITE -> {
            readable.add(range);
            writable.add(range);
          }
          // As in etcd: it gives nothing.
          case UNRECOGNIZED -> {}
        }
      }
    }
    return new Rights(
        user.getRolesList().contains(AuthState.ROOT), KeySet.of(readable), KeySet.of(writable));
  }
}
