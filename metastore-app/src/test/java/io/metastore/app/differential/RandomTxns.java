package io.metastore.app.differential;

import io.metastore.core.message.Compare;
import io.metastore.core.message.Compare.CompareResult;
import io.metastore.core.message.Compare.CompareTarget;
import io.metastore.core.message.RequestOp;
import io.metastore.core.message.TxnRequest;
import java.util.random.RandomGenerator;

/** Random transactions, nested up to three deep, with what makes etcd refuse one now and then. */
final class RandomTxns {
  private static final int DEPTH_MAX = 3;
  private static final int OPS_MAX = 128;
  private static final int HEAVY_PUTS = 6;

  private final RandomGenerator random;
  private final RandomKeys keys;
  private final RandomLeases leases;
  private final RandomRequests requests;

  RandomTxns(
      RandomGenerator random, RandomKeys keys, RandomLeases leases, RandomRequests requests) {
    this.random = random;
    this.keys = keys;
    this.leases = leases;
    this.requests = requests;
  }

  TxnRequest txn() {
    if (requests.oneIn(60)) {
      return manyOps();
    }
    TxnRequest txn;
    do {
      txn = txn(1, requests.oneIn(5));
    } while (TxnOperations.mayKillEtcd(txn));
    return txn;
  }

  private TxnRequest txn(int depth, boolean readOnly) {
    TxnRequest.Builder txn = TxnRequest.newBuilder();
    for (int i = random.nextInt(4) - 1; i > 0; i--) {
      txn.addCompare(compare());
    }
    for (int i = random.nextInt(5); i > 0; i--) {
      txn.addSuccess(op(depth, readOnly));
    }
    for (int i = random.nextInt(4); i > 0; i--) {
      txn.addFailure(op(depth, readOnly));
    }
    return txn.build();
  }

  private RequestOp op(int depth, boolean readOnly) {
    RequestOp.Builder op = RequestOp.newBuilder();
    int kind = random.nextInt(200);
    if (kind == 0) {
      return op.build();
    }
    if (kind < 40 && depth < DEPTH_MAX) {
      return op.setRequestTxn(txn(depth + 1, readOnly)).build();
    }
    if (kind < 100 || readOnly) {
      return op.setRequestRange(requests.range()).build();
    }
    return kind < 175
        ? op.setRequestPut(requests.put()).build()
        : op.setRequestDeleteRange(requests.deleteRange()).build();
  }

  /**
   * Puts near the limit of a request: two of them make more than one message of a watch may hold.
   */
  TxnRequest heavyPuts() {
    TxnRequest.Builder txn = TxnRequest.newBuilder();
    RandomKeys.some(HEAVY_PUTS)
        .forEach(key -> txn.addSuccessBuilder().setRequestPut(keys.heavy(key)));
    return txn.build();
  }

  /** As many as are allowed or one more, on one level or on two. */
  private TxnRequest manyOps() {
    TxnRequest.Builder txn = TxnRequest.newBuilder();
    int ops = OPS_MAX + random.nextInt(2);
    switch (random.nextInt(3)) {
      case 0 -> {
        Compare compare = compare();
        for (int i = 0; i < ops; i++) {
          txn.addCompare(compare);
        }
      }
      case 1 -> {
        RequestOp range = RequestOp.newBuilder().setRequestRange(requests.range()).build();
        for (int i = 0; i < ops; i++) {
          txn.addFailure(range);
        }
      }
      default -> {
        int outer = random.nextInt(1, OPS_MAX);
        RequestOp put = RequestOp.newBuilder().setRequestPut(requests.put()).build();
        RequestOp range = RequestOp.newBuilder().setRequestRange(requests.range()).build();
        TxnRequest.Builder nested = TxnRequest.newBuilder().addSuccess(put);
        for (int i = 1; i < ops - outer; i++) {
          nested.addSuccess(range);
        }
        txn.addSuccess(RequestOp.newBuilder().setRequestTxn(nested));
        for (int i = 1; i < outer; i++) {
          txn.addSuccess(range);
        }
      }
    }
    return txn.build();
  }

  private Compare compare() {
    Compare.Builder compare = Compare.newBuilder();
    if (requests.oneIn(4)) {
      RandomKeys.Range range = keys.range();
      compare.setKey(range.key()).setRangeEnd(range.end());
    } else {
      compare.setKey(keys.key());
    }
    CompareTarget target = CompareTarget.forNumber(random.nextInt(5));
    compare.setTarget(target).setResult(CompareResult.forNumber(random.nextInt(4)));
    if (requests.oneIn(50)) {
      compare.setResultValue(9);
    }
    if (requests.oneIn(50)) {
      compare.setTargetValue(9);
    }
    // Now and then what to compare with is of another kind than what is compared.
    switch (requests.oneIn(30) ? CompareTarget.forNumber(random.nextInt(5)) : target) {
      case VERSION -> compare.setVersion(random.nextInt(4));
      case CREATE -> compare.setCreateRevision(requests.oneIn(4) ? 0 : requests.recent());
      case MOD -> compare.setModRevision(requests.oneIn(4) ? 0 : requests.recent());
      case VALUE -> compare.setValue(keys.value());
      case LEASE -> lease(compare);
      case UNRECOGNIZED -> throw new IllegalStateException("forNumber gave UNRECOGNIZED");
    }
    return compare.build();
  }

  /** An id that a server picked is not told to be less or greater than another. */
  private void lease(Compare.Builder compare) {
    compare.setLease(requests.oneIn(3) ? 0 : leases.id());
    if (compare.getLease() >= LeaseNames.FIRST && compare.getLease() != Long.MAX_VALUE) {
      compare.setResult(requests.oneIn(2) ? CompareResult.EQUAL : CompareResult.NOT_EQUAL);
    }
  }
}
