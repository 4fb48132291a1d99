package io.metastore.core;

import static io.metastore.core.StoreRig.TIMEOUT;
import static io.metastore.core.StoreRig.header;
import static io.metastore.core.StoreRig.refusal;
import static io.metastore.core.Texts.everything;
import static io.metastore.core.Texts.range;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.StorageException;
import io.metastore.core.message.RangeRequest;
import io.metastore.core.message.RangeResponse;
import io.metastore.core.message.RequestOp;
import io.metastore.core.message.TxnRequest;
import io.metastore.core.message.TxnResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Reads through the façade: what they wait for, where they run, what they answer. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ReplicatedReadsTest {
  @TempDir Path directory;
  private StoreRig rig;
  private ReplicatedStore store;
  private StoreRig.FakeConsensus consensus;

  @BeforeEach
  void open() throws IOException {
    rig = new StoreRig(directory);
    store = rig.store;
    consensus = rig.consensus;
  }

  @AfterEach
  void close() {
    rig.close();
  }

  private ErrorCode refusedRange(RangeRequest.Builder request) {
    return refusal(store.range(request.build(), TIMEOUT));
  }

  @Test
  @DisplayName("28: a linearizable read waits for the barrier, and sees what it brought")
  void aLinearizableReadWaitsForTheBarrierAndSeesWhatItBrought() throws Exception {
    CompletableFuture<RangeResponse> read = store.range(range("a").build(), TIMEOUT);
    assertFalse(read.isDone());
    rig.put("a");
    consensus.barriers.remove().complete(null);
    assertEquals(1, read.get().getCount());
    assertEquals(header(2), read.get().getHeader());
  }

  @Test
  @DisplayName("28: a serializable read is of the local state, whatever the others do")
  void aSerializableReadNeedsNoBarrier() throws Exception {
    rig.put("a");
    RangeRequest request = range("a").setSerializable(true).build();
    assertEquals(1, store.range(request, TIMEOUT).get().getCount());
    assertTrue(consensus.barriers.isEmpty());
  }

  @Test
  @DisplayName("28: a barrier that fails is what the read is refused with")
  void aFailedBarrierFailsTheRead() {
    for (RangeRequest.Builder request : List.of(range("a"), everything())) {
      for (ErrorCode code : List.of(ErrorCode.TIMEOUT, ErrorCode.LEADER_CHANGED)) {
        CompletableFuture<RangeResponse> read = store.range(request.build(), TIMEOUT);
        consensus.barriers.remove().completeExceptionally(MetastoreException.of(code));
        assertEquals(code, refusal(read));
      }
    }
    assertTrue(rig.scans.isEmpty());
  }

  @Test
  void readsOfManyKeysRunOnTheScanExecutor() throws Exception {
    rig.put("a");
    CompletableFuture<RangeResponse> serializable =
        store.range(everything().setSerializable(true).build(), TIMEOUT);
    CompletableFuture<RangeResponse> linearizable = store.range(everything().build(), TIMEOUT);
    assertEquals(1, rig.scans.size());
    consensus.barriers.remove().complete(null);
    assertEquals(2, rig.scans.size());
    assertFalse(serializable.isDone());
    assertFalse(linearizable.isDone());
    rig.scans.forEach(Runnable::run);
    assertEquals(1, serializable.get().getCount());
    assertEquals(header(2), linearizable.get().getHeader());
  }

  @Test
  void aScanThatIsRejectedMeansThatTheServerStopped() {
    ReplicatedStore stopping =
        rig.over(
            task -> {
              throw new RejectedExecutionException("shut down");
            });
    assertEquals(
        ErrorCode.STOPPED,
        refusal(stopping.range(everything().setSerializable(true).build(), TIMEOUT)));
    CompletableFuture<RangeResponse> read = stopping.range(everything().build(), TIMEOUT);
    consensus.barriers.remove().complete(null);
    assertEquals(ErrorCode.STOPPED, refusal(read));
  }

  @Test
  void readsAfterTheStateMachineClosedMeanThatTheServerStopped() {
    CompletableFuture<RangeResponse> one = store.range(range("a").build(), TIMEOUT);
    CompletableFuture<RangeResponse> many = store.range(everything().build(), TIMEOUT);
    rig.machine.close();
    consensus.barriers.forEach(barrier -> barrier.complete(null));
    rig.scans.forEach(Runnable::run);
    assertEquals(ErrorCode.STOPPED, refusal(one));
    assertEquals(ErrorCode.STOPPED, refusal(many));
    assertEquals(ErrorCode.STOPPED, refusedRange(range("a").setSerializable(true)));
  }

  @Test
  void refusalsOfAReadReachTheCaller() {
    assertEquals(
        ErrorCode.FUTURE_REV, refusedRange(range("a").setSerializable(true).setRevision(5)));
    CompletableFuture<RangeResponse> read = store.range(range("a").setRevision(5).build(), TIMEOUT);
    consensus.barriers.remove().complete(null);
    assertEquals(ErrorCode.FUTURE_REV, refusal(read));
  }

  @Test
  void aStorageFailureOfAReadIsInTheFuture() throws Exception {
    rig.put("a");
    rig.put("a");
    rig.engine.failScans(Keyspace.VERSIONS);
    CompletableFuture<RangeResponse> read =
        store.range(range("a").setSerializable(true).setRevision(2).build(), TIMEOUT);
    assertInstanceOf(
        StorageException.class, assertThrows(ExecutionException.class, read::get).getCause());
  }

  private CompletableFuture<TxnResponse> txn(TxnRequest.Builder txn) {
    return store.txn(txn.build(), TIMEOUT);
  }

  private static RequestOp reads(boolean serializable) {
    return Ops.range(everything().setSerializable(serializable));
  }

  @Test
  @DisplayName("14: a transaction of serializable ranges is serializable itself, outside the log")
  void serializableTxnNeedsNoBarrier() throws Exception {
    rig.put("a");
    rig.consensus.timeouts.clear();
    TxnRequest.Builder txn =
        Ops.txn(reads(true), reads(true)).addFailure(reads(true)).addCompare(Ops.isAbsent("b"));
    CompletableFuture<TxnResponse> read = txn(txn);
    rig.scan();
    assertTrue(read.get().getSucceeded());
    assertEquals(header(2), read.get().getHeader());
    assertEquals(1, read.get().getResponses(1).getResponseRange().getCount());
    assertEquals(List.of(), consensus.timeouts, "it was proposed");
    assertTrue(consensus.barriers.isEmpty(), "it waited for the barrier");
  }

  @Test
  @DisplayName(
      "14: one range that is not makes a read-only transaction linearizable, on any branch")
  void oneLinearizableRangeNeedsTheBarrier() throws Exception {
    for (TxnRequest.Builder txn :
        List.of(
            Ops.txn(reads(true), reads(false)),
            Ops.txn(reads(true)).addFailure(reads(false)),
            Ops.txn(reads(false)).addCompare(Ops.hasValue("a", "nothing")))) {
      CompletableFuture<TxnResponse> read = txn(txn);
      assertTrue(rig.scans.isEmpty(), "it did not wait for the barrier");
      consensus.barriers.remove().complete(null);
      rig.scan();
      assertTrue(read.isDone());
    }
    assertEquals(List.of(), consensus.timeouts, "it was proposed");
  }

  @Test
  @DisplayName("14: a transaction that may write goes through the log")
  void writingTxnGoesThroughTheLog() throws Exception {
    for (TxnRequest.Builder txn :
        List.of(
            Ops.txn(reads(true), Ops.delete("missing")),
            Ops.txn(reads(true)).addFailure(Ops.put("a", "")),
            Ops.txn(Ops.nested(Ops.txn(Ops.put("a", "")))))) {
      consensus.timeouts.clear();
      assertTrue(txn(txn).get().getSucceeded());
      assertEquals(List.of(TIMEOUT), consensus.timeouts);
    }
    assertTrue(consensus.barriers.isEmpty());
  }

  @Test
  @DisplayName("8, 14: a transaction of compares alone is a read; empty, it succeeds")
  void emptyTxnIsARead() throws Exception {
    CompletableFuture<TxnResponse> empty = txn(Ops.txn());
    CompletableFuture<TxnResponse> failing = txn(Ops.txn().addCompare(Ops.hasValue("a", "")));
    rig.scan();
    assertTrue(empty.get().getSucceeded());
    assertEquals(header(1), empty.get().getHeader());
    assertFalse(failing.get().getSucceeded());
    assertEquals(List.of(), consensus.timeouts);
  }

  @Test
  @DisplayName("15, 16: a read-only transaction is refused like one that writes")
  void readOnlyTxnIsRefusedByItsRevisions() throws Exception {
    rig.put("a");
    for (long revision : new long[] {3, -2}) {
      CompletableFuture<TxnResponse> read =
          txn(
              Ops.txn(
                  reads(true), Ops.range(range("a").setSerializable(true).setRevision(revision))));
      rig.scan();
      assertEquals(revision > 0 ? ErrorCode.FUTURE_REV : ErrorCode.COMPACTED, refusal(read));
    }
  }

  @Test
  void readsAreCountedAndTransactionsOfMoreThanOneToo() throws Exception {
    store.range(range("a").setSerializable(true).build(), TIMEOUT).get();
    List<CompletableFuture<TxnResponse>> txns =
        List.of(txn(Ops.txn(reads(true))), txn(Ops.txn(reads(true), reads(true))));
    rig.scans.forEach(Runnable::run);
    for (CompletableFuture<TxnResponse> txn : txns) {
      assertTrue(txn.get().getSucceeded());
    }
    Map<String, Long> counts = rig.machine.operations().statistics();
    assertEquals(4, counts.get("ranges"));
    assertEquals(1, counts.get("txns"));
  }
}
