package io.metastore.core.quota;

import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.core.message.AlarmType;
import io.metastore.core.message.Proposal;
import io.metastore.core.mvcc.StoreState;

/**
 * What raised alarms forbid. With NOSPACE, whatever takes room; with CORRUPT, everything but the
 * alarms themselves.
 */
public final class Admission {
  private Admission() {}

  /**
   * Checks a command; the same on every member.
   *
   * @param alarms the types that are raised, as in {@link StoreState#alarms}
   * @throws MetastoreException when an alarm forbids it
   */
  public static void check(int alarms, Proposal proposal) {
    if (alarms == 0 || proposal.hasAlarm()) {
      return;
    }
    if (Alarms.raised(alarms, AlarmType.CORRUPT)) {
      throw MetastoreException.of(ErrorCode.CORRUPT);
    }
    if (Alarms.raised(alarms, AlarmType.NOSPACE) && cost(proposal) > 0) {
      throw MetastoreException.of(ErrorCode.NO_SPACE);
    }
  }

  /** How much room a command may take; 0 for one that is let through in any case. */
  static long cost(Proposal proposal) {
    return switch (proposal.getRequestCase()) {
      case PUT -> Costs.of(proposal.getPut());
      case TXN -> Costs.of(proposal.getTxn());
      case LEASE_GRANT -> Costs.LEASE_BYTES;
      case DELETE_RANGE,
          LEASE_REVOKE,
          LEASE_CHECKPOINT,
          COMPACTION,
          ALARM,
          MEMBER,
          AUTH,
          REQUEST_NOT_SET ->
          0;
    };
  }

  /**
   * Checks a read.
   *
   * @throws MetastoreException when the data may be wrong
   */
  public static void checkRead(StoreState state) {
    if (Alarms.raised(state.alarms(), AlarmType.CORRUPT)) {
      throw MetastoreException.of(ErrorCode.CORRUPT);
    }
  }
}
