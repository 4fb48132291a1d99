package io.metastore.core.mvcc;

import static io.metastore.core.Ops.delete;
import static io.metastore.core.Ops.nested;
import static io.metastore.core.Ops.range;
import static io.metastore.core.Ops.txn;
import static io.metastore.core.Texts.bytes;
import static io.metastore.core.Texts.everything;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.InvalidProtocolBufferException;
import io.metastore.core.Ops;
import io.metastore.core.Reply;
import io.metastore.core.Texts;
import io.metastore.core.message.CompactionRequest;
import io.metastore.core.message.DeleteRangeRequest;
import io.metastore.core.message.LeaseGrantRequest;
import io.metastore.core.message.LeaseRevokeRequest;
import io.metastore.core.message.Proposal;
import io.metastore.core.message.PutRequest;
import io.metastore.core.message.ResponseHeader;
import io.metastore.core.message.ResponseOp;
import io.metastore.core.message.TxnRequest;
import io.metastore.core.message.TxnResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which revision a transaction makes, tells and reads. */
final class TxnRevisionsTest {
  private static final ResponseHeader ZERO = ResponseHeader.getDefaultInstance();

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

  private static ResponseHeader only(long revision) {
    return ResponseHeader.newBuilder().setRevision(revision).build();
  }

  /** The keys that a range of a response holds, each with its value. */
  private static String read(ResponseOp response) {
    return String.join(
        " ",
        response.getResponseRange().getKvsList().stream()
            .map(kv -> kv.getKey().toStringUtf8() + kv.getValue().toStringUtf8())
            .toList());
  }

  @Test
  @DisplayName("2: a transaction's changes share a revision and are numbered in their order")
  void changesShareARevision() {
    store.put("d", "1");
    store.put("e", "1");
    store.txn(
        txn(
            Ops.put("c", "1"),
            nested(txn(Ops.put("a", "1"), delete("d", "f"))),
            delete("missing"),
            Ops.put("b", "1")));
    assertEquals(
        List.of(
            "2.0 put d",
            "3.0 put e",
            "4.0 put c",
            "4.1 put a",
            "4.2 delete d over 2.0",
            "4.3 delete e over 3.0",
            "4.4 put b"),
        store.log());
    assertEquals(4, store.state().revision());
    for (String key : List.of("a", "b", "c")) {
      assertEquals(4, store.get(key).getModRevision());
      assertEquals(4, store.get(key).getCreateRevision());
    }
    store.put("a", "2");
    assertEquals(5, store.get("a").getModRevision());
  }

  @Test
  @DisplayName("3: only a changed key moves the revision")
  void onlyAChangedKeyMovesTheRevision() {
    store.put("a", "1");
    TxnRequest.Builder failing = txn(Ops.put("b", "1")).addCompare(Ops.hasValue("a", "other"));
    List<Proposal> unmoving =
        List.of(
            Texts.delete("b"),
            Texts.delete("b", Texts.NO_END),
            proposal(txn()),
            proposal(failing),
            proposal(txn(range(everything()))),
            proposal(txn(delete("b"), nested(txn(delete("c", "z"))))),
            Proposal.newBuilder()
                .setLeaseGrant(LeaseGrantRequest.newBuilder().setID(7).setTTL(9))
                .build(),
            Proposal.newBuilder().setLeaseRevoke(LeaseRevokeRequest.newBuilder().setID(7)).build(),
            Proposal.newBuilder()
                .setCompaction(CompactionRequest.newBuilder().setRevision(2))
                .build());
    for (Proposal proposal : unmoving) {
      assertInstanceOf(Reply.Done.class, store.drain(proposal).getFirst(), proposal::toString);
      assertEquals(2, store.state().revision(), proposal::toString);
    }
    assertEquals(1, store.log().size());
    // A put of what is there already is a change.
    store.put("a", "1");
    assertEquals(3, store.state().revision());
  }

  private static Proposal proposal(TxnRequest.Builder txn) {
    return Proposal.newBuilder().setTxn(txn).build();
  }

  @Test
  @DisplayName("4: headers tell the revision after; nested transactions' are there and zero")
  void headersTellTheRevision() {
    store.put("a", "1");
    TxnResponse response =
        store.txn(
            txn(
                range(everything()),
                delete("missing"),
                nested(txn(delete("missing"))),
                nested(txn(Ops.put("b", "1"), nested(txn(range(everything()))))),
                delete("missing"),
                range(everything())));
    assertEquals(only(3), response.getHeader());
    // Nothing has changed yet.
    assertEquals(only(2), response.getResponses(0).getResponseRange().getHeader());
    assertEquals(only(2), response.getResponses(1).getResponseDeleteRange().getHeader());
    TxnResponse deleting = response.getResponses(2).getResponseTxn();
    assertTrue(deleting.hasHeader());
    assertEquals(ZERO, deleting.getHeader());
    assertEquals(only(2), deleting.getResponses(0).getResponseDeleteRange().getHeader());
    // From the first change on it is the new revision.
    TxnResponse putting = response.getResponses(3).getResponseTxn();
    assertTrue(putting.hasHeader());
    assertEquals(ZERO, putting.getHeader());
    assertEquals(only(3), putting.getResponses(0).getResponsePut().getHeader());
    TxnResponse reading = putting.getResponses(1).getResponseTxn();
    assertTrue(reading.hasHeader());
    assertEquals(ZERO, reading.getHeader());
    assertEquals(only(3), reading.getResponses(0).getResponseRange().getHeader());
    assertEquals(only(3), response.getResponses(4).getResponseDeleteRange().getHeader());
    assertEquals(only(3), response.getResponses(5).getResponseRange().getHeader());
  }

  @Test
  @DisplayName("4: a transaction that deletes nothing reports the old revision")
  void unchangedReportsTheOldRevision() {
    store.put("a", "1");
    TxnResponse response = store.txn(txn(delete("missing")));
    assertEquals(only(2), response.getHeader());
    assertEquals(only(2), response.getResponses(0).getResponseDeleteRange().getHeader());
  }

  @Test
  @DisplayName(
      "5: every header in a transaction's answer is a message on the wire, also a zero one")
  void headersAreOnTheWire() throws InvalidProtocolBufferException {
    TxnResponse response =
        TxnResponse.parseFrom(
            store
                .txn(
                    txn(
                        range(everything()),
                        Ops.put("a", "1"),
                        delete("b"),
                        nested(txn(range(everything()), nested(txn())))))
                .toByteString());
    assertTrue(response.hasHeader());
    assertTrue(response.getResponses(0).getResponseRange().hasHeader());
    assertTrue(response.getResponses(1).getResponsePut().hasHeader());
    assertTrue(response.getResponses(2).getResponseDeleteRange().hasHeader());
    TxnResponse inner = response.getResponses(3).getResponseTxn();
    assertTrue(inner.hasHeader());
    assertTrue(inner.getResponses(0).getResponseRange().hasHeader());
    assertTrue(inner.getResponses(1).getResponseTxn().hasHeader());
  }

  @Test
  @DisplayName("6: a transaction's reads see its earlier writes, and no later ones")
  void readsSeeEarlierWrites() {
    store.put("a", "0");
    store.put("x", "0");
    TxnResponse response =
        store.txn(
            txn(
                range(everything()),
                Ops.put("b", "1"),
                range(everything()),
                nested(txn(Ops.put("a", "1"), range(everything()))),
                range(everything().setRevision(3)),
                delete("x", Texts.NO_END),
                range(everything()),
                Ops.put("c", "1"),
                range(everything().setCountOnly(true))));
    assertEquals("a0 x0", read(response.getResponses(0)));
    assertEquals("a0 b1 x0", read(response.getResponses(2)));
    TxnResponse inner = response.getResponses(3).getResponseTxn();
    assertEquals("a1 b1 x0", read(inner.getResponses(1)));
    assertEquals("a0 x0", read(response.getResponses(4)), "as it was at revision 3");
    assertEquals(1, response.getResponses(5).getResponseDeleteRange().getDeleted());
    assertEquals("a1 b1", read(response.getResponses(6)));
    assertEquals(3, response.getResponses(8).getResponseRange().getCount());
    assertEquals("a b c", store.keys(everything()));
  }

  @Test
  @DisplayName("33: prev_kv in a transaction is what an earlier operation left")
  void previousInATransaction() {
    store.put("a", "0");
    TxnResponse response =
        store.txn(
            txn(
                nested(
                    txn(
                        Ops.put(
                            PutRequest.newBuilder()
                                .setKey(bytes("a"))
                                .setValue(bytes("1"))
                                .setPrevKv(true)))),
                delete(
                    DeleteRangeRequest.newBuilder()
                        .setKey(bytes("b"))
                        .setRangeEnd(bytes(Texts.NO_END))
                        .setPrevKv(true)),
                Ops.put(PutRequest.newBuilder().setKey(bytes("b")).setPrevKv(true))));
    TxnResponse inner = response.getResponses(0).getResponseTxn();
    assertEquals("0", inner.getResponses(0).getResponsePut().getPrevKv().getValue().toStringUtf8());
    assertEquals(0, response.getResponses(1).getResponseDeleteRange().getPrevKvsCount());
    assertFalse(response.getResponses(2).getResponsePut().hasPrevKv());
    TxnResponse second =
        store.txn(
            txn(
                nested(txn(Ops.put("c", "2"))),
                delete(
                    DeleteRangeRequest.newBuilder()
                        .setKey(bytes("a"))
                        .setRangeEnd(bytes("c"))
                        .setPrevKv(true))));
    assertEquals(
        List.of("1", ""),
        second.getResponses(1).getResponseDeleteRange().getPrevKvsList().stream()
            .map(kv -> kv.getValue().toStringUtf8())
            .toList());
  }
}
