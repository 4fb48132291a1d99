package io.metastore.app.bench;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.UnsafeByteOperations;
import com.google.protobuf.WireFormat;
import io.metastore.core.message.Compare;
import io.metastore.core.message.PutRequest;
import io.metastore.core.message.RangeRequest;
import io.metastore.core.message.RequestOp;
import io.metastore.core.message.TxnRequest;
import io.metastore.core.message.TxnResponse;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Transactions on keys that follow each other: a comparison that holds for any key, then gets of
 * the first keys and puts of the others.
 *
 * <p>Keys of one transaction are neighbours because they must differ, which keys drawn one by one
 * need not. In sequential order transactions go on where the one before ended, so that puts fill
 * the key space without a gap.
 */
final class TxnWorkload implements Workload {
  static final String NOT_TAKEN = "transaction did not take the branch of its comparison";

  private final Keys keys;
  private final int valueSize;
  private final int operations;
  private final int gets;
  private final AtomicLong next = new AtomicLong();

  /** Transactions of {@code operations}, of which the first {@code gets} read. */
  TxnWorkload(Keys keys, int valueSize, int operations, int gets) {
    this.keys = keys;
    this.valueSize = valueSize;
    this.operations = operations;
    this.gets = gets;
  }

  @Override
  public EtcdMethod method() {
    return EtcdMethod.TXN;
  }

  @Override
  public long next() {
    return next.getAndIncrement();
  }

  @Override
  public byte[] request(long number) {
    long first = keys.numberFor(keys.sequential() ? number * operations : number);
    TxnRequest.Builder txn =
        TxnRequest.newBuilder()
            .addCompare(
                Compare.newBuilder()
                    .setKey(UnsafeByteOperations.unsafeWrap(keys.numbered(first)))
                    .setTarget(Compare.CompareTarget.VERSION)
                    .setResult(Compare.CompareResult.GREATER)
                    .setVersion(-1));
    for (int i = 0; i < operations; i++) {
      byte[] key = keys.numbered((first + i) % keys.space());
      txn.addSuccess(i < gets ? get(key) : put(key));
    }
    return txn.build().toByteArray();
  }

  private static RequestOp get(byte[] key) {
    ByteString wrapped = UnsafeByteOperations.unsafeWrap(key);
    return RequestOp.newBuilder()
        .setRequestRange(RangeRequest.newBuilder().setKey(wrapped))
        .build();
  }

  private RequestOp put(byte[] key) {
    return RequestOp.newBuilder()
        .setRequestPut(
            PutRequest.newBuilder()
                .setKey(UnsafeByteOperations.unsafeWrap(key))
                .setValue(UnsafeByteOperations.unsafeWrap(Values.of(key, valueSize))))
        .build();
  }

  @Override
  public Optional<String> answered(long number, byte[] response) {
    return succeeded(response) ? Optional.empty() : Optional.of(NOT_TAKEN);
  }

  /** Looks no further than the flag, which stands before the answers to the operations. */
  private static boolean succeeded(byte[] response) {
    CodedInputStream in = CodedInputStream.newInstance(response);
    try {
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        if (WireFormat.getTagFieldNumber(tag) == TxnResponse.SUCCEEDED_FIELD_NUMBER) {
          return in.readBool();
        }
        in.skipField(tag);
      }
      return false;
    } catch (IOException malformed) {
      return false;
    }
  }
}
