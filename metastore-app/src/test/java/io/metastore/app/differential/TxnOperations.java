package io.metastore.app.differential;

import com.google.protobuf.ByteString;
import io.metastore.core.message.PutRequest;
import io.metastore.core.message.RequestOp;
import io.metastore.core.message.TxnRequest;
import java.util.Set;
import java.util.stream.Stream;

/** What transactions hold, on any branch and level, as far as {@link KnownDifference} needs it. */
final class TxnOperations {
  /** Stands for the refusal by one operation or by another. */
  static final Answer.Refusal BY_ANY = new Answer.Refusal("any", "some operation is refused");

  private static final ByteString NO_END = ByteString.copyFrom(new byte[] {0});

  /** What the state of the store can make etcd say of an operation. */
  private static final Set<String> REFUSALS =
      Set.of(
          "etcdserver: key not found",
          "etcdserver: requested lease not found",
          "etcdserver: mvcc: required revision has been compacted",
          "etcdserver: mvcc: required revision is a future revision");

  private TxnOperations() {}

  private static Stream<RequestOp> all(TxnRequest txn) {
    return Stream.concat(txn.getSuccessList().stream(), txn.getFailureList().stream())
        .flatMap(op -> op.hasRequestTxn() ? all(op.getRequestTxn()) : Stream.of(op));
  }

  private static boolean needsKey(PutRequest put) {
    return put.getIgnoreValue() || put.getIgnoreLease();
  }

  /** {@link KnownDifference#FIRST_REFUSAL}: both a put and a range could be the reason. */
  static boolean refusalDependsOnOrder(TxnRequest txn, Answer.Refusal refusal) {
    return REFUSALS.contains(refusal.text())
        && all(txn).anyMatch(op -> op.getRequestRange().getRevision() != 0)
        && all(txn)
            .map(RequestOp::getRequestPut)
            .anyMatch(put -> needsKey(put) || put.getLease() != 0);
  }

  /** Whether nothing that it may do changes a store. */
  static boolean readOnly(TxnRequest txn) {
    return all(txn).noneMatch(op -> op.hasRequestPut() || op.hasRequestDeleteRange());
  }

  /** {@link KnownDifference#FATAL_TXN}. */
  static boolean mayKillEtcd(TxnRequest txn) {
    return all(txn).anyMatch(op -> op.getRequestDeleteRange().getRangeEnd().equals(NO_END))
        && all(txn).anyMatch(op -> needsKey(op.getRequestPut()));
  }
}
