package io.metastore.core;

import com.google.protobuf.ByteString;
import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.core.message.RequestOp;
import io.metastore.core.message.TxnRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The checks of a transaction that need nothing but the request, in etcd's order (etcd {@code
 * server/etcdserver/api/v3rpc/key.go}): how many operations, each of them on its own, and that no
 * path through the transaction puts a key twice or puts what it deletes.
 */
final class TxnRequests {
  private TxnRequests() {}

  /**
   * Checks a transaction.
   *
   * @param opsMax most compares, or operations of a branch; nested transactions share what is left
   * @throws MetastoreException when it is refused
   */
  static void check(TxnRequest request, int opsMax) {
    checkShape(request, opsMax, Nesting.TXNS_MAX);
    Writes.of(request.getSuccessList());
    Writes.of(request.getFailureList());
  }

  private static void checkShape(TxnRequest request, int opsMax, int depthMax) {
    int ops =
        Math.max(
            request.getCompareCount(),
            Math.max(request.getSuccessCount(), request.getFailureCount()));
    if (ops > opsMax || depthMax == 0) {
      throw MetastoreException.of(ErrorCode.TOO_MANY_OPS);
    }
    request.getCompareList().forEach(compare -> Requests.requireKey(compare.getKey().isEmpty()));
    request.getSuccessList().forEach(op -> check(op, opsMax - ops, depthMax - 1));
    request.getFailureList().forEach(op -> check(op, opsMax - ops, depthMax - 1));
  }

  private static void check(RequestOp op, int opsMax, int depthMax) {
    switch (op.getRequestCase()) {
      case REQUEST_RANGE -> Requests.check(op.getRequestRange());
      case REQUEST_PUT -> Requests.check(op.getRequestPut());
      case REQUEST_DELETE_RANGE -> Requests.check(op.getRequestDeleteRange());
      case REQUEST_TXN -> checkShape(op.getRequestTxn(), opsMax, depthMax);
      case REQUEST_NOT_SET -> throw MetastoreException.of(ErrorCode.KEY_NOT_FOUND);
    }
  }

  /** A half-open interval of keys that is deleted. */
  private record Deleted(ByteString from, ByteString to) {
    boolean contains(ByteString key) {
      return compare(from, key) <= 0 && compare(key, to) < 0;
    }

    private static int compare(ByteString a, ByteString b) {
      return ByteString.unsignedLexicographicalComparator().compare(a, b);
    }
  }

  /**
   * What the operations of one branch, with all that is nested in them, put and delete.
   *
   * @param puts keys
   * @param deletes may overlap one another
   */
  private record Writes(Set<ByteString> puts, List<Deleted> deletes) {
    private static final ByteString AFTER = ByteString.copyFrom(new byte[] {0});

    static Writes of(List<RequestOp> ops) {
      Writes writes =
          new Writes(
              new TreeSet<>(ByteString.unsignedLexicographicalComparator()), new ArrayList<>());
      // Deletes of this level first, so that puts nested below it are held against them.
      ops.stream().filter(RequestOp::hasRequestDeleteRange).forEach(writes::delete);
      ops.stream().filter(RequestOp::hasRequestTxn).forEach(writes::nest);
      ops.stream()
          .filter(RequestOp::hasRequestPut)
          .forEach(op -> writes.put(op.getRequestPut().getKey()));
      return writes;
    }

    private void delete(RequestOp op) {
      ByteString from = op.getRequestDeleteRange().getKey();
      ByteString to = op.getRequestDeleteRange().getRangeEnd();
      // As in etcd, an end that means "no end" is taken as it stands here.
      deletes.add(new Deleted(from, to.isEmpty() ? from.concat(AFTER) : to));
    }

    /** Only one of the two branches runs, so both may put the same key. */
    private void nest(RequestOp op) {
      Writes success = of(op.getRequestTxn().getSuccessList());
      Writes failure = of(op.getRequestTxn().getFailureList());
      success.puts().forEach(this::put);
      failure.puts().stream().filter(key -> !success.puts().contains(key)).forEach(this::put);
      deletes.addAll(success.deletes());
      deletes.addAll(failure.deletes());
    }

    private void put(ByteString key) {
      if (!puts.add(key) || deletes.stream().anyMatch(deleted -> deleted.contains(key))) {
        throw MetastoreException.of(ErrorCode.DUPLICATE_KEY);
      }
    }
  }
}
