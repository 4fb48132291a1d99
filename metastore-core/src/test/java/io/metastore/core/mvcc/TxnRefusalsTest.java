package io.metastore.core.mvcc;

import static io.metastore.core.Ops.delete;
import static io.metastore.core.Ops.nested;
import static io.metastore.core.Ops.range;
import static io.metastore.core.Ops.txn;
import static io.metastore.core.Texts.NO_END;
import static io.metastore.core.Texts.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.metastore.api.ErrorCode;
import io.metastore.core.Ops;
import io.metastore.core.Reply;
import io.metastore.core.Texts;
import io.metastore.core.message.CompactionRequest;
import io.metastore.core.message.Proposal;
import io.metastore.core.message.PutRequest;
import io.metastore.core.message.RequestOp;
import io.metastore.core.message.TxnRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Transactions that are refused by the state that they meet. */
final class TxnRefusalsTest {
  @TempDir Path directory;
  private DrainedStore store;

  @BeforeEach
  void open() throws IOException {
    store = new DrainedStore(directory);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private static PutRequest.Builder touch(String key) {
    return PutRequest.newBuilder().setKey(bytes(key)).setIgnoreValue(true);
  }

  private Optional<ErrorCode> refusal(TxnRequest.Builder txn) {
    return DrainedStore.refusal(store.run(txn));
  }

  @Test
  @DisplayName("16: a put of a key that the transaction has deleted is refused")
  void putThatNeedsAKeyWhichTheTxnHasDeletedIsRefusedAndNothingChanges() {
    store.put("b", "1");
    Optional<ErrorCode> refused = Optional.of(ErrorCode.KEY_NOT_FOUND);
    assertEquals(refused, refusal(txn(delete("a", NO_END), Ops.put(touch("b")))));
    assertEquals(
        refused, refusal(txn(nested(txn(delete("b", NO_END))), nested(txn(Ops.put(touch("b")))))));
    assertEquals(2, store.state().revision());
    assertEquals("1", store.get("b").getValue().toStringUtf8());
  }

  @Test
  void putMayNeedAKeyThatTheTxnDeletesLaterOrNotAtAll() {
    store.put("b", "1");
    assertEquals(Optional.empty(), refusal(txn(delete("c", NO_END), Ops.put(touch("b")))));
    assertEquals(Optional.empty(), refusal(txn(Ops.put(touch("b")), delete("a", NO_END))));
    assertEquals(0, store.range(Texts.everything()).getCount());
  }

  private static RequestOp reads(long revision) {
    return range(Texts.range("b").setRevision(revision));
  }

  private void compact(long revision) {
    assertInstanceOf(
        Reply.Done.class,
        store
            .drain(
                Proposal.newBuilder()
                    .setCompaction(CompactionRequest.newBuilder().setRevision(revision))
                    .build())
            .getFirst());
  }

  @Test
  @DisplayName("15: a negative revision in a transaction is compacted, not the current one")
  void aNegativeRevisionIsCompacted() {
    store.put("b", "1");
    compact(1);
    for (long revision : new long[] {-1, -2, Long.MIN_VALUE}) {
      assertEquals(Optional.of(ErrorCode.COMPACTED), refusal(txn(reads(revision))));
      assertEquals(Optional.of(ErrorCode.COMPACTED), refusal(txn(nested(txn(reads(revision))))));
      assertEquals(1, store.range(Texts.range("b").setRevision(revision)).getCount());
    }
    assertEquals(Optional.empty(), refusal(txn(reads(0))));
  }

  @Test
  @DisplayName("15: before the first compaction -1 is etcd's own mark, and passes")
  void negativeRevisionIsCompactedExceptForEtcdsMarkBeforeTheFirstCompaction() {
    store.put("b", "1");
    assertEquals(Optional.of(ErrorCode.COMPACTED), refusal(txn(reads(-2))));
    assertEquals(Optional.empty(), refusal(txn(reads(-1))));
  }

  @Test
  @DisplayName(
      "16: what any operation is refused for, refuses all of it before anything is applied")
  void oneRefusalRefusesAll() {
    store.put("a", "1");
    store.put("b", "1");
    store.put("b", "2");
    compact(3);
    Map<RequestOp, ErrorCode> refused = new LinkedHashMap<>();
    refused.put(reads(2), ErrorCode.COMPACTED);
    refused.put(reads(5), ErrorCode.FUTURE_REV);
    refused.put(
        Ops.put(PutRequest.newBuilder().setKey(bytes("c")).setLease(7)), ErrorCode.LEASE_NOT_FOUND);
    refused.put(Ops.put(touch("missing")), ErrorCode.KEY_NOT_FOUND);
    refused.put(
        Ops.put(touch("missing").setIgnoreValue(false).setIgnoreLease(true)),
        ErrorCode.KEY_NOT_FOUND);
    List<String> current = store.current();
    List<String> versions = store.versions();
    List<String> log = store.log();
    refused.forEach(
        (op, code) -> {
          RequestOp deep = nested(txn(nested(txn(op))));
          for (RequestOp last : List.of(op, deep)) {
            assertEquals(
                Optional.of(code),
                refusal(txn(Ops.put("x", ""), delete("a"), nested(txn(Ops.put("y", ""))), last)));
          }
          assertEquals(4, store.state().revision());
          assertEquals(2, store.state().keys());
          assertEquals(current, store.current());
          assertEquals(versions, store.versions());
          assertEquals(log, store.log());
        });
    // The branch that is not taken is not looked at.
    for (RequestOp op : refused.keySet()) {
      assertEquals(Optional.empty(), refusal(txn().addFailure(op)));
    }
    assertEquals(Optional.empty(), refusal(txn(reads(3), reads(4))), "at the mark, and the newest");
  }

  @Test
  @DisplayName("16: a read of what the transaction itself would make is in the future")
  void itsOwnRevisionIsInTheFuture() {
    store.put("b", "1");
    assertEquals(Optional.of(ErrorCode.FUTURE_REV), refusal(txn(Ops.put("a", ""), reads(3))));
    assertEquals(2, store.state().revision());
  }

  @Test
  void missingKeyCountsBeforeAMissingLeaseInATxnAndAfterItOutside() {
    PutRequest.Builder put = touch("b").setLease(7);
    assertEquals(Optional.of(ErrorCode.KEY_NOT_FOUND), refusal(txn(Ops.put(put))));
    assertEquals(
        Optional.of(ErrorCode.LEASE_NOT_FOUND),
        DrainedStore.refusal(store.drain(Texts.put(put)).getFirst()));
  }
}
