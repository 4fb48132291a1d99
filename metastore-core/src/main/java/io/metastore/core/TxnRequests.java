package io.metastore.core;

import com.google.protobuf.ByteString;
import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.core.message.RequestOp;
import io.metastore.core.message.TxnRequest;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
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

  /**
   * What the operations of one branch, with all that is nested in them, put and delete.
   *
   * @param puts keys
   * @param deletes where disjoint intervals of keys begin and end; the end is not deleted
   */
  private record Writes(Set<ByteString> puts, NavigableMap<ByteString, ByteString> deletes) {
    private static final ByteString AFTER = ByteString.copyFrom(new byte[] {0});

    private static final Comparator<ByteString> ORDER =
        ByteString.unsignedLexicographicalComparator();

    static Writes of(List<RequestOp> ops) {
      Writes writes = new Writes(new TreeSet<>(ORDER), new TreeMap<>(ORDER));
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
      delete(from, to.isEmpty() ? from.concat(AFTER) : to);
    }

    /** Adds an interval, as one with those that it meets. */
    private void delete(ByteString from, ByteString to) {
      if (ORDER.compare(from, to) >= 0) {
        return;
      }
      ByteString start = from;
      ByteString end = to;
      Map.Entry<ByteString, ByteString> met = deletes.floorEntry(end);
      while (met != null && ORDER.compare(met.getValue(), start) >= 0) {
        start = least(start, met.getKey());
        end = most(end, met.getValue());
        deletes.remove(met.getKey());
        met = deletes.floorEntry(end);
      }
      deletes.put(start, end);
    }

    private static ByteString least(ByteString a, ByteString b) {
      return ORDER.compare(a, b) <= 0 ? a : b;
    }

    private static ByteString most(ByteString a, ByteString b) {
      return ORDER.compare(a, b) >= 0 ? a : b;
    }

    private boolean isDeleted(ByteString key) {
      Map.Entry<ByteString, ByteString> before = deletes.floorEntry(key);
      return before != null && ORDER.compare(key, before.getValue()) < 0;
    }

    /** Only one of the two branches runs, so both may put the same key. */
    private void nest(RequestOp op) {
      Writes success = of(op.getRequestTxn().getSuccessList());
      Writes failure = of(op.getRequestTxn().getFailureList());
      success.puts().forEach(this::put);
      failure.puts().stream().filter(key -> !success.puts().contains(key)).forEach(this::put);
      success.deletes().forEach(this::delete);
      failure.deletes().forEach(this::delete);
    }

    private void put(ByteString key) {
      if (!puts.add(key) || isDeleted(key)) {
        throw MetastoreException.of(ErrorCode.DUPLICATE_KEY);
      }
    }
  }
}
