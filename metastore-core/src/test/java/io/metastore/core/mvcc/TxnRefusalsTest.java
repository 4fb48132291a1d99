package io.metastore.core.mvcc;

import static io.metastore.core.Texts.NO_END;
import static io.metastore.core.Texts.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.metastore.api.ErrorCode;
import io.metastore.core.Reply;
import io.metastore.core.Texts;
import io.metastore.core.message.DeleteRangeRequest;
import io.metastore.core.message.Proposal;
import io.metastore.core.message.PutRequest;
import io.metastore.core.message.RequestOp;
import io.metastore.core.message.TxnRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
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

  private static RequestOp deletes(String key, String end) {
    return RequestOp.newBuilder()
        .setRequestDeleteRange(
            DeleteRangeRequest.newBuilder().setKey(bytes(key)).setRangeEnd(bytes(end)))
        .build();
  }

  private static RequestOp puts(PutRequest.Builder put) {
    return RequestOp.newBuilder().setRequestPut(put).build();
  }

  private static PutRequest.Builder touch(String key) {
    return PutRequest.newBuilder().setKey(bytes(key)).setIgnoreValue(true);
  }

  private static RequestOp nested(RequestOp... ops) {
    TxnRequest.Builder txn = TxnRequest.newBuilder();
    for (RequestOp op : ops) {
      txn.addSuccess(op);
    }
    return RequestOp.newBuilder().setRequestTxn(txn).build();
  }

  private Reply run(RequestOp... ops) {
    return store
        .drain(Proposal.newBuilder().setTxn(nested(ops).getRequestTxn()).build())
        .getFirst();
  }

  @Test
  void putThatNeedsAKeyWhichTheTxnHasDeletedIsRefusedAndNothingChanges() {
    store.put("b", "1");
    Optional<ErrorCode> refused = Optional.of(ErrorCode.KEY_NOT_FOUND);
    assertEquals(refused, DrainedStore.refusal(run(deletes("a", NO_END), puts(touch("b")))));
    assertEquals(
        refused, DrainedStore.refusal(run(nested(deletes("b", NO_END)), nested(puts(touch("b"))))));
    assertEquals(2, store.state().revision());
    assertEquals("1", store.get("b").getValue().toStringUtf8());
  }

  @Test
  void putMayNeedAKeyThatTheTxnDeletesLaterOrNotAtAll() {
    store.put("b", "1");
    assertInstanceOf(Reply.Done.class, run(deletes("c", NO_END), puts(touch("b"))));
    assertInstanceOf(Reply.Done.class, run(puts(touch("b")), deletes("a", NO_END)));
    assertEquals(0, store.range(Texts.everything()).getCount());
  }

  private static RequestOp reads(long revision) {
    return RequestOp.newBuilder().setRequestRange(Texts.range("b").setRevision(revision)).build();
  }

  @Test
  void negativeRevisionIsCompactedExceptForEtcdsMarkBeforeTheFirstCompaction() {
    store.put("b", "1");
    assertEquals(Optional.of(ErrorCode.COMPACTED), DrainedStore.refusal(run(reads(-2))));
    assertInstanceOf(Reply.Done.class, run(reads(-1)));
  }

  @Test
  void missingKeyCountsBeforeAMissingLeaseInATxnAndAfterItOutside() {
    PutRequest.Builder put = touch("b").setLease(7);
    assertEquals(Optional.of(ErrorCode.KEY_NOT_FOUND), DrainedStore.refusal(run(puts(put))));
    assertEquals(
        Optional.of(ErrorCode.LEASE_NOT_FOUND),
        DrainedStore.refusal(store.drain(Texts.put(put)).getFirst()));
  }
}
