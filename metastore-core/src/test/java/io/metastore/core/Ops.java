package io.metastore.core;

import static io.metastore.core.Texts.bytes;

import io.metastore.core.message.Compare;
import io.metastore.core.message.DeleteRangeRequest;
import io.metastore.core.message.PutRequest;
import io.metastore.core.message.RangeRequest;
import io.metastore.core.message.RequestOp;
import io.metastore.core.message.TxnRequest;
import java.util.List;

/** Transactions and their parts written as text, for tests. */
public final class Ops {
  private Ops() {}

  /** A put. */
  public static RequestOp put(String key, String value) {
    return put(PutRequest.newBuilder().setKey(bytes(key)).setValue(bytes(value)));
  }

  /** A put with options. */
  public static RequestOp put(PutRequest.Builder request) {
    return RequestOp.newBuilder().setRequestPut(request).build();
  }

  /** A delete of one key. */
  public static RequestOp delete(String key) {
    return delete(key, "");
  }

  /** A delete of a range. */
  public static RequestOp delete(String key, String end) {
    return delete(DeleteRangeRequest.newBuilder().setKey(bytes(key)).setRangeEnd(bytes(end)));
  }

  /** A delete with options. */
  public static RequestOp delete(DeleteRangeRequest.Builder request) {
    return RequestOp.newBuilder().setRequestDeleteRange(request).build();
  }

  /** A read. */
  public static RequestOp range(RangeRequest.Builder request) {
    return RequestOp.newBuilder().setRequestRange(request).build();
  }

  /** A transaction within another. */
  public static RequestOp nested(TxnRequest.Builder txn) {
    return RequestOp.newBuilder().setRequestTxn(txn).build();
  }

  /** A transaction without conditions. */
  public static TxnRequest.Builder txn(RequestOp... ops) {
    return TxnRequest.newBuilder().addAllSuccess(List.of(ops));
  }

  /** A condition that is yet to be given its operand. */
  public static Compare.Builder compare(
      Compare.CompareTarget target, Compare.CompareResult result, String key) {
    return Compare.newBuilder().setTarget(target).setResult(result).setKey(bytes(key));
  }

  /** The condition that a key has a value. */
  public static Compare.Builder hasValue(String key, String value) {
    return compare(Compare.CompareTarget.VALUE, Compare.CompareResult.EQUAL, key)
        .setValue(bytes(value));
  }

  /** The condition that there is no such key. */
  public static Compare.Builder isAbsent(String key) {
    return compare(Compare.CompareTarget.CREATE, Compare.CompareResult.EQUAL, key);
  }
}
