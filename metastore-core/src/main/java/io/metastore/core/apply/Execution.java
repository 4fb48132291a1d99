package io.metastore.core.apply;

import com.google.protobuf.Message;
import io.metastore.api.MetastoreException;
import io.metastore.core.Reply;
import io.metastore.core.auth.AuthCommands;
import io.metastore.core.auth.AuthLedger;
import io.metastore.core.compact.Compaction;
import io.metastore.core.member.MemberCommands;
import io.metastore.core.message.Proposal;
import io.metastore.core.message.PutRequest;
import io.metastore.core.mvcc.Commands;
import io.metastore.core.mvcc.LeaseCommands;
import io.metastore.core.mvcc.MvccWriter;
import io.metastore.core.quota.Admission;
import io.metastore.core.quota.Alarms;
import io.metastore.core.txn.Txns;

/** Which command a proposal is, and its whole effect: all of it, in one revision, or nothing. */
public final class Execution {
  private Execution() {}

  /**
   * Executes a proposal and ends the command.
   *
   * @param index of its log entry
   * @param ledger says what the proposal's maker may do, and takes what becomes of users
   * @throws IllegalStateException when this release does not know the command: the node must stop
   */
  public static Reply execute(long index, Proposal proposal, MvccWriter writer, AuthLedger ledger) {
    try {
      Admission.check(writer.alarms(), proposal);
      ledger.check(proposal);
      Message.Builder response = response(index, proposal, writer, ledger);
      writer.endCommand();
      return new Reply.Done(response);
    } catch (MetastoreException e) {
      // Thrown by a command before its first change.
      return new Reply.Refused(e.code());
    }
  }

  private static Message.Builder response(
      long index, Proposal proposal, MvccWriter writer, AuthLedger ledger) {
    return switch (proposal.getRequestCase()) {
      case PUT -> put(writer, proposal.getPut());
      case DELETE_RANGE -> Commands.deleteRange(writer, proposal.getDeleteRange());
      case TXN -> Txns.apply(writer, proposal.getTxn());
      case COMPACTION -> Compaction.apply(writer, proposal.getCompaction());
      case ALARM -> Alarms.apply(writer, proposal.getAlarm());
      case LEASE_GRANT -> LeaseCommands.grant(writer, proposal.getLeaseGrant());
      case LEASE_REVOKE -> LeaseCommands.revoke(writer, proposal.getLeaseRevoke());
      case LEASE_CHECKPOINT -> LeaseCommands.checkpoint(writer, proposal.getLeaseCheckpoint());
      case MEMBER -> MemberCommands.apply(writer, proposal.getMember());
      case AUTH -> AuthCommands.apply(ledger, proposal.getAuth(), index, writer.revision());
      case REQUEST_NOT_SET ->
          throw new IllegalStateException(
              "log entry " + index + " holds a command that this release does not know");
    };
  }

  private static Message.Builder put(MvccWriter writer, PutRequest request) {
    Commands.refusal(writer, request)
        .ifPresent(
            code -> {
              throw MetastoreException.of(code);
            });
    return Commands.put(writer, request);
  }
}
