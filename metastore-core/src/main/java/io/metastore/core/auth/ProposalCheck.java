package io.metastore.core.auth;

import io.metastore.api.storage.StorageView;
import io.metastore.core.message.AlarmRequest.AlarmAction;
import io.metastore.core.message.AuthCommand;
import io.metastore.core.message.Proposal;

/** What a caller needs for each command. */
final class ProposalCheck {
  private ProposalCheck() {}

  /**
   * Checks a command against its maker's permissions.
   *
   * @throws io.metastore.api.MetastoreException when one is missing
   */
  static void check(Permissions permissions, Proposal proposal, StorageView view) {
    switch (proposal.getRequestCase()) {
      case PUT -> permissions.check(proposal.getPut(), view);
      case DELETE_RANGE -> permissions.check(proposal.getDeleteRange());
      case TXN -> permissions.check(proposal.getTxn(), view);
      case LEASE_GRANT -> permissions.requireUser();
      case LEASE_REVOKE -> permissions.checkLeaseWrite(proposal.getLeaseRevoke().getID(), view);
      case ALARM -> {
        if (proposal.getAlarm().getAction() == AlarmAction.GET) {
          permissions.requireUser();
        } else {
          permissions.requireAdmin();
        }
      }
      case AUTH -> {
        // Whoever asks for a token has none yet; the password was right.
        if (proposal.getAuth().getChangeCase() != AuthCommand.ChangeCase.ISSUE_TOKEN) {
          permissions.requireAdmin();
        }
      }
      case COMPACTION, LEASE_CHECKPOINT, MEMBER -> permissions.requireAdmin();
      // Refused as unknown when it is executed.
      case REQUEST_NOT_SET -> {}
    }
  }
}
