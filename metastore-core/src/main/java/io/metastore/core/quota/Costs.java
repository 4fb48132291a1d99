package io.metastore.core.quota;

import io.metastore.core.message.PutRequest;
import io.metastore.core.message.RequestOp;
import io.metastore.core.message.TxnRequest;
import java.util.List;

/**
 * How much room a command may take, in bytes, by etcd's reckoning. Commands without a cost are let
 * through while there is no space.
 */
public final class Costs {
  /** A lease. */
  public static final long LEASE_BYTES = 64;

  private static final long PUT_OVERHEAD_BYTES = 256;

  private Costs() {}

  /** The cost of a put. */
  public static long of(PutRequest request) {
    return PUT_OVERHEAD_BYTES + request.getKey().size() + request.getValue().size();
  }

  /** The cost of the dearer branch, nested transactions included. */
  public static long of(TxnRequest request) {
    return Math.max(of(request.getSuccessList()), of(request.getFailureList()));
  }

  private static long of(List<RequestOp> operations) {
    long cost = 0;
    for (RequestOp op : operations) {
      cost +=
          switch (op.getRequestCase()) {
            case REQUEST_PUT -> of(op.getRequestPut());
            case REQUEST_TXN -> of(op.getRequestTxn());
            case REQUEST_RANGE, REQUEST_DELETE_RANGE, REQUEST_NOT_SET -> 0;
          };
    }
    return cost;
  }
}
