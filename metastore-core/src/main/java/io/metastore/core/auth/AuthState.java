package io.metastore.core.auth;

import io.metastore.core.message.Role;
import io.metastore.core.message.User;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Users, roles and permissions at one moment: an image of the AUTH keyspace. Immutable, and so
 * thread-safe; a change makes another one, at the cost of copying the tables' entries, not what
 * they point to. What a user may do is worked out when it is first asked for.
 */
public final class AuthState {
  /** The user, and the role, that may do everything. */
  public static final String ROOT = "root";

  private static final AuthState EMPTY =
      new AuthState(false, 1, Collections.emptySortedMap(), Collections.emptySortedMap());

  private final boolean enabled;
  private final long revision;
  private final SortedMap<String, User> users;
  private final SortedMap<String, Role> roles;
  private final Map<String, Rights> rights = new ConcurrentHashMap<>();

  /** The state of a store in which nothing was set up yet: everything is open. */
  public static AuthState none() {
    return EMPTY;
  }

  /** A state; the maps are not changed afterwards. */
  AuthState(
      boolean enabled,
      long revision,
      SortedMap<String, User> users,
      SortedMap<String, Role> roles) {
    this.enabled = enabled;
    this.revision = revision;
    this.users = Collections.unmodifiableSortedMap(users);
    this.roles = Collections.unmodifiableSortedMap(roles);
  }

  /** Whether callers need to say who they are. */
  public boolean enabled() {
    return enabled;
  }

  /** Counts the changes of users, roles and permissions; 1 when there were none. */
  public long revision() {
    return revision;
  }

  /** All users by their names. */
  public SortedMap<String, User> users() {
    return users;
  }

  /** All roles by their names. */
  public SortedMap<String, Role> roles() {
    return roles;
  }

  /** The user of a name. */
  public Optional<User> user(String name) {
    return Optional.ofNullable(users.get(name));
  }

  /** The role of a name. */
  public Optional<Role> role(String name) {
    return Optional.ofNullable(roles.get(name));
  }

  /** What a user may do; empty when there is no such user. */
  Optional<Rights> rights(String user) {
    User known = users.get(user);
    return known == null
        ? Optional.empty()
        : Optional.of(rights.computeIfAbsent(user, name -> Rights.of(known, roles)));
  }

  AuthState switched(boolean on, long newRevision) {
    return new AuthState(on, newRevision, users, roles);
  }

  AuthState withUser(User user) {
    SortedMap<String, User> changed = new TreeMap<>(users);
    changed.put(user.getName().toStringUtf8(), user);
    return new AuthState(enabled, revision, changed, roles);
  }

  AuthState withoutUser(String name) {
    SortedMap<String, User> changed = new TreeMap<>(users);
    changed.remove(name);
    return new AuthState(enabled, revision, changed, roles);
  }

  AuthState withRole(Role role) {
    SortedMap<String, Role> changed = new TreeMap<>(roles);
    changed.put(role.getName().toStringUtf8(), role);
    return new AuthState(enabled, revision, users, changed);
  }

  AuthState withoutRole(String name) {
    SortedMap<String, Role> changed = new TreeMap<>(roles);
    changed.remove(name);
    return new AuthState(enabled, revision, users, changed);
  }
}
