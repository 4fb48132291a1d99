package io.metastore.core;

import io.metastore.core.apply.StateMachine;
import io.metastore.core.auth.Identity;
import io.metastore.core.auth.Permissions;
import io.metastore.core.message.Proposal;

/**
 * Who makes a call, and what that may do by the newest state. Thread-safe.
 *
 * @param identity who it is
 * @param stateMachine knows users and roles
 */
record Caller(Identity identity, StateMachine stateMachine) {
  /** Whether permissions count; one volatile read. */
  boolean isChecked() {
    return identity.client() && stateMachine.auth().enabled();
  }

  /**
   * What the caller may do. Asked behind a view that was acquired, the answer is as new as that or
   * newer: nobody reads with a permission that was taken away before the data were written.
   */
  Permissions permissions() {
    return Permissions.of(stateMachine.auth(), identity);
  }

  Proposal.Builder sign(Proposal.Builder proposal) {
    return identity.sign(proposal, stateMachine.auth());
  }
}
