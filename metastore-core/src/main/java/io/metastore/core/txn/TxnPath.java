package io.metastore.core.txn;

import io.metastore.core.message.RequestOp;
import io.metastore.core.message.TxnRequest;
import io.metastore.core.mvcc.ReadState;
import java.util.List;
import java.util.Optional;

/**
 * Which way a transaction goes, with those nested in the branch it takes: decided for the whole
 * tree before anything is applied.
 *
 * @param request the transaction
 * @param succeeded whether its compares held
 * @param nested for each operation of the branch taken, the path of the transaction it is, if it is
 *     one
 */
record TxnPath(TxnRequest request, boolean succeeded, List<Optional<TxnPath>> nested) {
  static TxnPath decide(ReadState state, TxnRequest request) {
    boolean succeeded = Compares.hold(state, request.getCompareList());
    List<Optional<TxnPath>> nested =
        branch(request, succeeded).stream()
            .map(
                op ->
                    op.hasRequestTxn()
                        ? Optional.of(decide(state, op.getRequestTxn()))
                        : Optional.<TxnPath>empty())
            .toList();
    return new TxnPath(request, succeeded, nested);
  }

  /** The operations of the branch taken. */
  List<RequestOp> operations() {
    return branch(request, succeeded);
  }

  private static List<RequestOp> branch(TxnRequest request, boolean succeeded) {
    return succeeded ? request.getSuccessList() : request.getFailureList();
  }
}
