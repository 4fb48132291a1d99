package io.metastore.app.watching;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.metastore.app.grpc.stub.KVGrpc.KVBlockingStub;
import io.metastore.core.message.DeleteRangeRequest;
import io.metastore.core.message.PutRequest;
import io.metastore.core.message.RequestOp;
import io.metastore.core.message.TxnRequest;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Puts, deletes and transactions over and over again, until told to stop. What is put where is
 * noted when it is acknowledged; while the server is down nothing is.
 */
final class RandomWriter implements Runnable {
  static final int KEYS = 8;
  private static final int TXN_MAX = 5;
  private static final int VALUE_MAX = 600;

  private final KVBlockingStub kv;
  private final Random random;
  private final Map<Long, SortedMap<String, String>> acknowledged = new ConcurrentHashMap<>();
  private volatile boolean stopping;

  RandomWriter(KVBlockingStub kv, Random random) {
    this.kv = kv;
    this.random = random;
  }

  /** What was put, by the revision that the answer told. */
  Map<Long, SortedMap<String, String>> acknowledged() {
    return acknowledged;
  }

  void stop() {
    stopping = true;
  }

  @Override
  public void run() {
    while (!stopping) {
      try {
        write();
      } catch (StatusRuntimeException e) {
        // Whether it was done nobody knows; anything else than a lost server is a defect.
        if (e.getStatus().getCode() != Status.Code.UNAVAILABLE) {
          throw e;
        }
      }
    }
  }

  private void write() {
    if (random.nextInt(6) == 0) {
      // A range: its keys go in one revision, in their order.
      var unused =
          kv.deleteRange(
              DeleteRangeRequest.newBuilder()
                  .setKey(Wire.bytes(key()))
                  .setRangeEnd(Wire.bytes(key()))
                  .build());
      return;
    }
    SortedMap<String, String> puts = new TreeMap<>();
    TxnRequest.Builder txn = TxnRequest.newBuilder();
    SortedMap<String, Boolean> keys = new TreeMap<>();
    for (int i = 1 + random.nextInt(TXN_MAX); i > 0; i--) {
      keys.put(key(), random.nextInt(4) > 0);
    }
    keys.forEach(
        (key, put) -> {
          RequestOp.Builder op = RequestOp.newBuilder();
          if (put) {
            String value = random.nextInt(10_000) + "x".repeat(random.nextInt(VALUE_MAX));
            puts.put(key, value);
            op.setRequestPut(
                PutRequest.newBuilder().setKey(Wire.bytes(key)).setValue(Wire.bytes(value)));
          } else {
            op.setRequestDeleteRange(DeleteRangeRequest.newBuilder().setKey(Wire.bytes(key)));
          }
          txn.addSuccess(op);
        });
    long revision = kv.txn(txn.build()).getHeader().getRevision();
    if (!puts.isEmpty()) {
      acknowledged.put(revision, puts);
    }
  }

  private String key() {
    return "k" + random.nextInt(KEYS);
  }
}
