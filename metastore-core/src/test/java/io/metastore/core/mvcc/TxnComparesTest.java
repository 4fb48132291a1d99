package io.metastore.core.mvcc;

import static io.metastore.core.Ops.compare;
import static io.metastore.core.Ops.hasValue;
import static io.metastore.core.Ops.isAbsent;
import static io.metastore.core.Ops.nested;
import static io.metastore.core.Ops.txn;
import static io.metastore.core.Texts.bytes;
import static io.metastore.core.Texts.everything;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.metastore.core.Ops;
import io.metastore.core.Texts;
import io.metastore.core.message.Compare;
import io.metastore.core.message.Compare.CompareResult;
import io.metastore.core.message.Compare.CompareTarget;
import io.metastore.core.message.LeaseGrantRequest;
import io.metastore.core.message.Proposal;
import io.metastore.core.message.PutRequest;
import io.metastore.core.message.TxnResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a transaction's conditions look at, and when they hold. */
final class TxnComparesTest {
  private static final List<CompareResult> RESULTS =
      List.of(
          CompareResult.EQUAL, CompareResult.GREATER, CompareResult.LESS, CompareResult.NOT_EQUAL);
  private static final List<CompareTarget> FIGURES =
      List.of(CompareTarget.VERSION, CompareTarget.CREATE, CompareTarget.MOD, CompareTarget.LEASE);

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

  private boolean holds(Compare.Builder... compares) {
    var txn = txn();
    for (Compare.Builder compare : compares) {
      txn.addCompare(compare);
    }
    return store.txn(txn).getSucceeded();
  }

  private static Compare.Builder operand(Compare.Builder compare, long operand) {
    return switch (compare.getTarget()) {
      case VERSION -> compare.setVersion(operand);
      case CREATE -> compare.setCreateRevision(operand);
      case MOD -> compare.setModRevision(operand);
      case LEASE -> compare.setLease(operand);
      case VALUE, UNRECOGNIZED -> throw new IllegalArgumentException("no figure: " + compare);
    };
  }

  /** Which results a condition on a figure has, of the four in their order. */
  private String results(CompareTarget target, String key, String end, long operand) {
    StringBuilder results = new StringBuilder();
    for (CompareResult result : RESULTS) {
      Compare.Builder compare = compare(target, result, key).setRangeEnd(bytes(end));
      results.append(holds(operand(compare, operand)) ? 'x' : '-');
    }
    return results.toString();
  }

  private String resultsOfValue(String key, String end, ByteString operand) {
    StringBuilder results = new StringBuilder();
    for (CompareResult result : RESULTS) {
      Compare.Builder compare =
          compare(CompareTarget.VALUE, result, key).setRangeEnd(bytes(end)).setValue(operand);
      results.append(holds(compare) ? 'x' : '-');
    }
    return results.toString();
  }

  @Test
  @DisplayName("7: all compares, nested ones too, are of the state before the transaction")
  void comparesAreOfTheStateBefore() {
    store.put("a", "before");
    TxnResponse response =
        store.txn(
            txn(
                Ops.put("a", "outer"),
                nested(
                    txn(
                            Ops.put("then", ""),
                            nested(txn(Ops.put("deep", "")).addCompare(hasValue("a", "before"))))
                        .addCompare(hasValue("a", "before"))
                        .addFailure(Ops.put("else", ""))),
                Ops.delete("b"),
                nested(txn().addCompare(isAbsent("then")))));
    assertTrue(response.getResponses(1).getResponseTxn().getSucceeded());
    assertTrue(
        response.getResponses(1).getResponseTxn().getResponses(1).getResponseTxn().getSucceeded());
    assertTrue(response.getResponses(3).getResponseTxn().getSucceeded());
    assertEquals("a deep then", store.keys(everything()));
    assertEquals("outer", store.get("a").getValue().toStringUtf8());
  }

  @Test
  @DisplayName("7: a nested transaction goes its own way, and only the branch that is taken counts")
  void nestedTakesItsOwnBranch() {
    TxnResponse response =
        store.txn(
            txn(Ops.put("a", ""), nested(txn(Ops.put("b", "")).addCompare(hasValue("x", ""))))
                .addFailure(nested(txn(Ops.put("c", "")))));
    assertTrue(response.getSucceeded());
    assertFalse(response.getResponses(1).getResponseTxn().getSucceeded());
    assertEquals(0, response.getResponses(1).getResponseTxn().getResponsesCount());
    assertEquals("a", store.keys(everything()));
  }

  @Test
  @DisplayName("8: no compares hold; an empty transaction succeeds")
  void noComparesHold() {
    TxnResponse empty = store.txn(txn());
    assertTrue(empty.getSucceeded());
    assertEquals(0, empty.getResponsesCount());
    assertTrue(store.txn(txn(nested(txn()))).getResponses(0).getResponseTxn().getSucceeded());
    assertTrue(store.txn(txn(Ops.put("a", "")).addFailure(Ops.put("b", ""))).getSucceeded());
    assertEquals("a", store.keys(everything()));
  }

  @Test
  @DisplayName("12: a missing key's figures are 0; its value is neither equal nor different")
  void aMissingKeyHasZeroFiguresAndNoValue() {
    store.put("a", "");
    store.delete(Texts.delete("a"));
    for (String key : List.of("never", "a")) {
      for (CompareTarget target : FIGURES) {
        assertEquals("x---", results(target, key, "", 0), target::name);
        assertEquals("--xx", results(target, key, "", 1), target::name);
        assertEquals("-x-x", results(target, key, "", -1), target::name);
      }
      assertEquals("----", resultsOfValue(key, "", ByteString.EMPTY));
      assertEquals("----", resultsOfValue(key, "", bytes("v")));
    }
  }

  @Test
  @DisplayName("13: every key of a range must satisfy a compare")
  void everyKeyOfARangeMustSatisfy() {
    store.drain(
        Proposal.newBuilder()
            .setLeaseGrant(LeaseGrantRequest.newBuilder().setID(4).setTTL(9))
            .build());
    // create, mod, version and lease of a: 2 3 2 4, of b: 4 4 1 4.
    PutRequest.Builder a = PutRequest.newBuilder().setKey(bytes("a")).setLease(4);
    store.drain(Texts.put(a), Texts.put(a), Texts.put(a.setKey(bytes("b"))));
    Map<CompareTarget, List<String>> ofOneToFive = new EnumMap<>(CompareTarget.class);
    for (CompareTarget target : FIGURES) {
      ofOneToFive.put(
          target, List.of(1, 2, 3, 4, 5).stream().map(i -> results(target, "a", "c", i)).toList());
    }
    assertEquals(
        Map.of(
            CompareTarget.CREATE, List.of("-x-x", "----", "---x", "----", "--xx"),
            CompareTarget.MOD, List.of("-x-x", "-x-x", "----", "----", "--xx"),
            CompareTarget.VERSION, List.of("----", "----", "--xx", "--xx", "--xx"),
            CompareTarget.LEASE, List.of("-x-x", "-x-x", "-x-x", "x---", "--xx")),
        ofOneToFive);
    assertEquals("x---", results(CompareTarget.VERSION, "a", "b", 2), "the end is not part");
    assertEquals("x---", results(CompareTarget.VERSION, "b", Texts.NO_END, 1));
    assertEquals("----", results(CompareTarget.VERSION, Texts.NO_END, Texts.NO_END, 1));
  }

  @Test
  @DisplayName("13: a range without keys follows the rule of a missing key")
  void anEmptyRangeIsAMissingKey() {
    store.put("a", "v");
    for (String end : List.of("z", Texts.NO_END, "b")) {
      for (CompareTarget target : FIGURES) {
        assertEquals("x---", results(target, "b", end, 0), target::name);
        assertEquals("--xx", results(target, "b", end, 1), target::name);
      }
      assertEquals("----", resultsOfValue("b", end, bytes("v")));
    }
  }

  @Test
  @DisplayName("13: values are compared as unsigned bytes")
  void valuesAreComparedBytewise() {
    store.drain(
        Texts.put(
            PutRequest.newBuilder()
                .setKey(bytes("a"))
                .setValue(ByteString.copyFrom(new byte[] {'m', (byte) 0x80}))));
    assertEquals("x---", resultsOfValue("a", "", ByteString.copyFrom(new byte[] {'m', -128})));
    assertEquals("-x-x", resultsOfValue("a", "", bytes("m\u007f")), "128 is above 127");
    assertEquals("-x-x", resultsOfValue("a", "", bytes("m")), "longer is greater");
    assertEquals("-x-x", resultsOfValue("a", "", ByteString.EMPTY));
    assertEquals("--xx", resultsOfValue("a", "", bytes("n")));
    store.put("b", "n");
    assertEquals("-x-x", resultsOfValue("a", "c", bytes("m")));
    assertEquals("----", resultsOfValue("a", "c", bytes("n")));
  }

  @Test
  @DisplayName("13: a result that nobody knows holds")
  void anUnknownResultHolds() {
    store.put("a", "v");
    assertTrue(holds(hasValue("a", "other").setResultValue(9)));
    assertTrue(holds(isAbsent("b").setResultValue(9)));
    assertFalse(holds(hasValue("b", "").setResultValue(9)), "there is no value to look at");
    assertFalse(holds(hasValue("a", "other").setResultValue(9), hasValue("a", "other")));
  }
}
