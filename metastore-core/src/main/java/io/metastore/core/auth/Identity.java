package io.metastore.core.auth;

import io.metastore.core.message.Proposal;

/**
 * On whose behalf a call is made.
 *
 * @param user empty for none
 * @param revision the auth revision that the user's credentials are bound to, 0 when they count at
 *     whatever revision they are used
 * @param client false for callers inside this process, who may do everything
 */
public record Identity(String user, long revision, boolean client) {
  /** This process itself: members' own work, and programs that embed a member. */
  public static final Identity TRUSTED = new Identity("", 0, false);

  /** A client that did not say who it is. */
  public static final Identity NOBODY = new Identity("", 0, true);

  public Identity {
    if (!client && !user.isEmpty()) {
      throw new IllegalArgumentException("this process calls as itself, not as " + user);
    }
  }

  /** A user whose credentials count at whatever revision they are used. */
  public static Identity of(String user) {
    return new Identity(user, 0, true);
  }

  /** Who made a proposal. */
  public static Identity of(Proposal proposal) {
    return new Identity(proposal.getUser(), proposal.getAuthRevision(), proposal.getFromClient());
  }

  /** Writes into a proposal who makes it, at the newest auth revision that this member knows. */
  public Proposal.Builder sign(Proposal.Builder proposal, AuthState state) {
    if (!client) {
      return proposal;
    }
    proposal.setFromClient(true);
    return user.isEmpty()
        ? proposal
        : proposal.setUser(user).setAuthRevision(revision == 0 ? state.revision() : revision);
  }
}
