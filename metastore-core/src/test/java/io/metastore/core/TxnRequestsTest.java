package io.metastore.core;

import static io.metastore.core.Ops.delete;
import static io.metastore.core.Ops.isAbsent;
import static io.metastore.core.Ops.nested;
import static io.metastore.core.Ops.put;
import static io.metastore.core.Ops.range;
import static io.metastore.core.Ops.txn;
import static io.metastore.core.Texts.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.core.message.PutRequest;
import io.metastore.core.message.RequestOp;
import io.metastore.core.message.TxnRequest;
import io.metastore.testkit.storage.Seed;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Transactions that are refused for what they are, whatever state they would meet. */
final class TxnRequestsTest {
  private static final int OPS_MAX = 128;
  private static final Optional<ErrorCode> OK = Optional.empty();
  private static final Optional<ErrorCode> DUPLICATE = Optional.of(ErrorCode.DUPLICATE_KEY);
  private static final Optional<ErrorCode> TOO_MANY = Optional.of(ErrorCode.TOO_MANY_OPS);

  private static Optional<ErrorCode> refusal(TxnRequest.Builder txn) {
    try {
      TxnRequests.check(txn.build(), OPS_MAX);
      return Optional.empty();
    } catch (MetastoreException e) {
      return Optional.of(e.code());
    }
  }

  @Test
  @DisplayName("9: a key is put once on any path through a transaction")
  void aKeyIsPutOnce() {
    assertEquals(DUPLICATE, refusal(txn(put("a", "1"), put("b", ""), put("a", "1"))));
    assertEquals(DUPLICATE, refusal(txn().addFailure(put("a", "")).addFailure(put("a", ""))));
    assertEquals(DUPLICATE, refusal(txn(put("a", ""), nested(txn(put("a", ""))))));
    assertEquals(DUPLICATE, refusal(txn(put("a", ""), nested(txn().addFailure(put("a", ""))))));
    assertEquals(DUPLICATE, refusal(txn(nested(txn(put("a", ""))), nested(txn(put("a", ""))))));
    assertEquals(DUPLICATE, refusal(txn(nested(txn(nested(txn(put("a", ""), put("a", ""))))))));
    assertEquals(OK, refusal(txn(put("a", "")).addFailure(put("a", ""))));
    assertEquals(OK, refusal(txn(put("a", ""), range(Texts.range("a")))));
  }

  @Test
  @DisplayName("9: a nested transaction may put the same key on both of its branches")
  void bothBranchesMayPutTheSameKey() {
    TxnRequest.Builder either = txn(put("a", "1")).addFailure(put("a", "2"));
    assertEquals(OK, refusal(txn(nested(either))));
    assertEquals(DUPLICATE, refusal(txn(nested(either), put("a", ""))));
    assertEquals(DUPLICATE, refusal(txn(nested(either), nested(txn().addFailure(put("a", ""))))));
  }

  @Test
  @DisplayName("9: a key is not put where the same path deletes it, before or after")
  void aKeyIsNotPutWhereItIsDeleted() {
    assertEquals(DUPLICATE, refusal(txn(put("a", ""), delete("a"))));
    assertEquals(DUPLICATE, refusal(txn(delete("a"), put("a", ""))));
    assertEquals(DUPLICATE, refusal(txn(delete("a", "c"), put("b", ""))));
    assertEquals(OK, refusal(txn(delete("a", "c"), put("c", ""))), "the end is not deleted");
    assertEquals(DUPLICATE, refusal(txn(delete("a", "c"), nested(txn(put("b", ""))))));
    assertEquals(DUPLICATE, refusal(txn(delete("a", "c"), nested(txn().addFailure(put("b", ""))))));
    assertEquals(DUPLICATE, refusal(txn(nested(txn(delete("a", "c"))), put("b", ""))));
    assertEquals(DUPLICATE, refusal(txn(nested(txn().addFailure(delete("a"))), put("a", ""))));
    assertEquals(OK, refusal(txn(delete("a")).addFailure(put("a", ""))));
    assertEquals(OK, refusal(txn(nested(txn(delete("a")).addFailure(put("a", ""))))));
  }

  @Test
  @DisplayName("9: deletes may overlap")
  void deletesMayOverlap() {
    assertEquals(
        OK,
        refusal(txn(delete("a", "d"), delete("b"), delete("b"), nested(txn(delete("a", "e"))))));
  }

  @Test
  @DisplayName("9: what several deletes cover is found, and nothing else")
  void whatSeveralDeletesCoverIsFound() {
    Random random = Seed.random("TxnRequestsTest");
    for (int run = 0; run < 300; run++) {
      TxnRequest.Builder txn = txn();
      boolean[] deleted = new boolean[20];
      for (int i = random.nextInt(6); i > 0; i--) {
        int from = random.nextInt(20);
        int to = random.nextInt(20);
        RequestOp delete = delete("k" + (char) ('a' + from), "k" + (char) ('a' + to));
        txn.addSuccess(random.nextBoolean() ? delete : nested(txn(delete)));
        for (int key = from; key < to; key++) {
          deleted[key] = true;
        }
      }
      for (int key = 0; key < 20; key++) {
        assertEquals(
            deleted[key] ? DUPLICATE : OK,
            refusal(txn.clone().addSuccess(put("k" + (char) ('a' + key), ""))),
            () -> "a put after " + txn);
      }
    }
  }

  @Test
  @DisplayName("9, 10, 11: refusals have etcd's texts")
  void refusalsHaveEtcdsTexts() {
    assertEquals("etcdserver: duplicate key given in txn request", ErrorCode.DUPLICATE_KEY.text());
    assertEquals("etcdserver: too many operations in txn request", ErrorCode.TOO_MANY_OPS.text());
    assertEquals("etcdserver: key not found", ErrorCode.KEY_NOT_FOUND.text());
  }

  private static List<RequestOp> deletes(int count) {
    return Collections.nCopies(count, delete("a"));
  }

  @Test
  @DisplayName("10: the longest of compares and branches counts, 128 at most")
  void theLongestListCounts() {
    assertEquals(OK, refusal(txn().addAllSuccess(deletes(128)).addAllFailure(deletes(128))));
    assertEquals(TOO_MANY, refusal(txn().addAllSuccess(deletes(129))));
    assertEquals(TOO_MANY, refusal(txn().addAllFailure(deletes(129))));
    TxnRequest.Builder comparing = txn();
    for (int i = 0; i < 128; i++) {
      comparing.addCompare(isAbsent("a"));
    }
    assertEquals(OK, refusal(comparing));
    assertEquals(TOO_MANY, refusal(comparing.addCompare(isAbsent("a"))));
  }

  @Test
  @DisplayName("10: a nested transaction has what its outer one leaves, each of them alike")
  void nestedHasTheRest() {
    TxnRequest.Builder of27 = txn().addAllSuccess(deletes(27));
    TxnRequest.Builder of28 = txn().addAllSuccess(deletes(28));
    // 99 deletes and two nested ones make 101, so 27 are left for each.
    TxnRequest.Builder outer = txn().addAllSuccess(deletes(99)).addSuccess(nested(of27));
    assertEquals(OK, refusal(outer.clone().addSuccess(nested(of27))));
    assertEquals(TOO_MANY, refusal(outer.clone().addSuccess(nested(of28))));
    assertEquals(
        TOO_MANY, refusal(outer.clone().addFailure(nested(of28.clone().addSuccess(delete("b"))))));
    assertEquals(OK, refusal(nest(15, txn().addAllSuccess(deletes(113)))));
    assertEquals(TOO_MANY, refusal(nest(15, txn().addAllSuccess(deletes(114)))));
  }

  private static TxnRequest.Builder nest(int levels, TxnRequest.Builder innermost) {
    TxnRequest.Builder txn = innermost;
    for (int i = 0; i < levels; i++) {
      txn = txn(nested(txn));
    }
    return txn;
  }

  @Test
  @DisplayName("11: an operation that is none is refused as a missing key")
  void noOperationIsAMissingKey() {
    RequestOp none = RequestOp.getDefaultInstance();
    Optional<ErrorCode> refused = Optional.of(ErrorCode.KEY_NOT_FOUND);
    assertEquals(refused, refusal(txn(none)));
    assertEquals(refused, refusal(txn().addFailure(none)));
    assertEquals(refused, refusal(txn(put("a", ""), nested(txn().addFailure(none)))));
  }

  @Test
  @DisplayName("18, 24, 30: compares and operations are checked as if they stood alone")
  void operationsAreCheckedAsAlone() {
    Optional<ErrorCode> noKey = Optional.of(ErrorCode.EMPTY_KEY);
    for (RequestOp op : List.of(put("", ""), delete("", "z"), range(Texts.range("", "z")))) {
      assertEquals(noKey, refusal(txn(op)));
      assertEquals(noKey, refusal(txn(nested(txn().addFailure(op)))));
    }
    assertEquals(noKey, refusal(txn().addCompare(isAbsent(""))));
    assertEquals(noKey, refusal(txn(nested(txn().addCompare(isAbsent(""))))));
    assertEquals(
        Optional.of(ErrorCode.INVALID_SORT_OPTION),
        refusal(txn(range(Texts.range("a").setSortTargetValue(9)))));
    PutRequest.Builder put = PutRequest.newBuilder().setKey(bytes("a"));
    assertEquals(
        Optional.of(ErrorCode.VALUE_PROVIDED),
        refusal(txn(put(put.clone().setValue(bytes("v")).setIgnoreValue(true)))));
    assertEquals(
        Optional.of(ErrorCode.LEASE_PROVIDED),
        refusal(txn(put(put.clone().setLease(1).setIgnoreLease(true)))));
  }
}
