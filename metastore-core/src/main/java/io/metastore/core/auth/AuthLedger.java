package io.metastore.core.auth;

import io.metastore.api.MetastoreException;
import io.metastore.api.storage.Keyspace;
import io.metastore.core.message.AuthSwitch;
import io.metastore.core.message.Proposal;
import io.metastore.core.message.Role;
import io.metastore.core.message.User;
import io.metastore.core.mvcc.OverlayView;
import java.util.ArrayList;
import java.util.List;

/**
 * Users and roles as the commands of one drain see and change them: what a command writes, the next
 * one of the drain reads. Belongs to the apply thread.
 */
public final class AuthLedger {
  private final OverlayView view;
  private final List<AuthChange> changes = new ArrayList<>(0);
  private AuthState state;

  /**
   * Begins a drain.
   *
   * @param state what is published
   * @param view receives what is written
   */
  public AuthLedger(AuthState state, OverlayView view) {
    this.state = state;
    this.view = view;
  }

  /** The state after the last command. */
  public AuthState state() {
    return state;
  }

  /** What the drain means for tokens, in its order. */
  public List<AuthChange> changes() {
    return changes;
  }

  /**
   * Checks whether whoever made a proposal may do it, at its place in the log.
   *
   * @throws MetastoreException when not
   */
  public void check(Proposal proposal) {
    if (state.enabled() && proposal.getFromClient()) {
      ProposalCheck.check(Permissions.of(state, Identity.of(proposal)), proposal, view);
    }
  }

  void put(User user) {
    String name = user.getName().toStringUtf8();
    view.put(Keyspace.AUTH, AuthTable.key(AuthTable.USER, name), user.toByteArray());
    state = state.withUser(user);
  }

  void deleteUser(String name) {
    view.delete(Keyspace.AUTH, AuthTable.key(AuthTable.USER, name));
    state = state.withoutUser(name);
  }

  void put(Role role) {
    String name = role.getName().toStringUtf8();
    view.put(Keyspace.AUTH, AuthTable.key(AuthTable.ROLE, name), role.toByteArray());
    state = state.withRole(role);
  }

  void deleteRole(String name) {
    view.delete(Keyspace.AUTH, AuthTable.key(AuthTable.ROLE, name));
    state = state.withoutRole(name);
  }

  /** Ends a change of users or roles: the auth revision moves. */
  void changed() {
    save(state.enabled(), state.revision() + 1);
  }

  /** Switches authentication on, which moves no revision in etcd, or off, which does. */
  void enable(boolean on) {
    save(on, on ? state.revision() : state.revision() + 1);
  }

  void tell(AuthChange change) {
    changes.add(change);
  }

  private void save(boolean enabled, long revision) {
    state = state.switched(enabled, revision);
    view.put(
        Keyspace.AUTH,
        AuthTable.SWITCH_KEY,
        AuthSwitch.newBuilder().setEnabled(enabled).setRevision(revision).build().toByteArray());
  }
}
