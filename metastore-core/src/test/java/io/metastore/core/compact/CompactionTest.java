package io.metastore.core.compact;

import static io.metastore.core.StoreUnderTest.bytes;
import static io.metastore.core.StoreUnderTest.compaction;
import static io.metastore.core.StoreUnderTest.delete;
import static io.metastore.core.StoreUnderTest.put;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.api.storage.Cursor;
import io.metastore.api.storage.KeyRange;
import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.ScanDirection;
import io.metastore.core.StoreUnderTest;
import io.metastore.core.hash.StoreHash;
import io.metastore.core.message.CompactionResponse;
import io.metastore.core.message.DeleteRangeRequest;
import io.metastore.core.message.HashKVResponse;
import io.metastore.core.message.Proposal;
import io.metastore.core.message.RequestOp;
import io.metastore.core.message.TxnRequest;
import io.metastore.core.mvcc.PublishedView;
import io.metastore.core.task.TaskScope;
import io.metastore.testkit.storage.Together;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CompactionTest {
  @TempDir Path directory;
  @TempDir Path other;
  private StoreUnderTest store;

  @BeforeEach
  void open() {
    store = StoreUnderTest.open("memory", directory);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private void putFour() {
    for (int i = 0; i < 4; i++) {
      store.done(put("a", "v" + i));
    }
  }

  @Test
  @DisplayName("35: compaction of a fresh store at 0 and then at 1 succeeds, each once")
  void aFreshStoreCompactsAtZero() {
    assertEquals(Optional.of(ErrorCode.COMPACTED), store.refusal(compaction(-1)));
    assertEquals(Optional.of(ErrorCode.FUTURE_REV), store.refusal(compaction(2)));
    assertEquals(Optional.empty(), store.refusal(compaction(0)));
    assertEquals(Optional.of(ErrorCode.COMPACTED), store.refusal(compaction(0)));
    assertEquals(Optional.empty(), store.refusal(compaction(1)));
    assertEquals(Optional.of(ErrorCode.COMPACTED), store.refusal(compaction(1)));
  }

  @Test
  @DisplayName("35: compaction outlives a restart")
  void theMarkOutlivesARestart() {
    store.done(compaction(0));
    store.engine().flush();
    store.restart();
    assertEquals(Optional.of(ErrorCode.COMPACTED), store.refusal(compaction(0)));
  }

  @Test
  @DisplayName("35: the first compaction may be below the current revision, which stays readable")
  void aStoreCompactsAtOne() {
    putFour();
    CompactionResponse.Builder response = (CompactionResponse.Builder) store.done(compaction(1));
    assertEquals(5, response.getHeader().getRevision(), "the header has the current revision");
    assertEquals(0, store.all(1).getCount(), "revision 1 is the mark and can be read");
    assertEquals(Optional.of(ErrorCode.FUTURE_REV), store.refusal(compaction(6)));
  }

  @Test
  @DisplayName("35: compaction at the current revision keeps live keys")
  void liveKeysStay() {
    putFour();
    store.done(compaction(5));
    while (store.purgeStep(1)) {}
    assertEquals("v3", store.all(5).getKvs(0).getValue().toStringUtf8());
  }

  @Test
  @DisplayName("19: below the mark nothing can be read, at once")
  void belowTheMarkNothingCanBeRead() {
    putFour();
    store.done(compaction(4));
    MetastoreException refused = assertThrows(MetastoreException.class, () -> store.all(3));
    assertEquals(ErrorCode.COMPACTED, refused.code());
    assertEquals("v2", store.all(4).getKvs(0).getValue().toStringUtf8());
  }

  @Test
  @DisplayName("36: a tombstone at the mark is kept, until the mark moves")
  void aTombstoneAtTheMarkIsKept() {
    store.done(put("a", "1"));
    store.done(delete("a"));
    long empty = versionsAfterCompaction(2);
    assertEquals(2, empty, "a@2 and its tombstone, which is behind the mark");
    assertEquals(1, versionsAfterCompaction(3), "the tombstone");
    store.done(put("b", "1"));
    assertEquals(0, versionsAfterCompaction(4));
  }

  @Test
  @DisplayName(
      "36: a mark that moves while the old mark's own changes are looked at leaves nothing")
  void aMarkMayMoveAmidTheOldOnesChanges() {
    TxnRequest.Builder deletes = TxnRequest.newBuilder();
    for (String key : List.of("a", "b", "c")) {
      store.done(put(key, "1"));
      deletes.addSuccess(
          RequestOp.newBuilder()
              .setRequestDeleteRange(DeleteRangeRequest.newBuilder().setKey(bytes(key))));
    }
    store.done(Proposal.newBuilder().setTxn(deletes));
    store.done(compaction(5));
    // Three puts and two of the three tombstones, which stay as long as 5 is the mark.
    assertTrue(store.purgeStep(5));
    store.done(put("d", "1"));
    assertEquals(0, versionsAfterCompaction(6));
  }

  private long versionsAfterCompaction(long revision) {
    store.done(compaction(revision));
    while (store.purgeStep(1)) {}
    try (PublishedView view = store.view();
        Cursor cursor =
            view.view().scan(Keyspace.VERSIONS, KeyRange.all(), ScanDirection.FORWARD)) {
      long count = 0;
      while (cursor.next()) {
        count++;
      }
      return count;
    }
  }

  @Test
  @DisplayName("84: HashKV depends on revision and mark, not on the purge, and notices a change")
  void hashKvIgnoresThePurge() {
    putFour();
    store.done(delete("a"));
    HashKVResponse before = hash(4);
    assertEquals(-1, before.getCompactRevision());
    assertEquals(4, before.getHashRevision());
    assertEquals(6, before.getHeader().getRevision());
    assertEquals(6, hash(0).getHashRevision());
    store.done(compaction(3));
    HashKVResponse compacted = hash(4);
    assertEquals(3, compacted.getCompactRevision());
    assertTrue(compacted.getHash() != before.getHash());
    while (store.purgeStep(1)) {
      assertEquals(compacted, hash(4));
    }
    store.done(put("b", "x"));
    assertEquals(compacted.getHash(), hash(4).getHash(), "later writes do not change the past");
    assertTrue(hash(7).getHash() != compacted.getHash());
  }

  @Test
  @DisplayName("84: HashKV below the mark or in the future fails")
  void hashKvRefusesOtherRevisions() {
    putFour();
    store.done(compaction(3));
    assertEquals(ErrorCode.COMPACTED, assertThrows(MetastoreException.class, () -> hash(2)).code());
    assertEquals(
        ErrorCode.FUTURE_REV, assertThrows(MetastoreException.class, () -> hash(6)).code());
  }

  private HashKVResponse hash(long revision) {
    try (PublishedView view = store.view()) {
      return StoreHash.kv(view, revision).build();
    }
  }

  @Test
  @DisplayName("35: whoever waits for the purge is told when it is done")
  void theCompactorPurges() throws Exception {
    putFour();
    AtomicInteger removals = new AtomicInteger();
    Compactor compactor = new Compactor(store::view, System::nanoTime);
    try (TaskScope scope = TaskScope.open("test")) {
      // The test's thread is the apply thread until the compaction, the compactor's afterwards.
      compactor.start(
          scope,
          (batch, wanted) -> {
            store.stateMachine().upkeep(batch);
            return CompletableFuture.completedFuture(true);
          },
          removals::incrementAndGet);
      store.done(compaction(4));
      CompletableFuture<Void> purged = compactor.purged(4);
      compactor.published(store.stateMachine().state());
      purged.get(10, TimeUnit.SECONDS);
      Together.await("it is told of once", () -> removals.get() == 1);
      assertTrue(compactor.purged(3).isDone());
      assertFalse(store.purgeStep(1), "nothing is left to do");
      purged = compactor.purged(5);
      scope.cancel();
      CompletableFuture<Void> left = purged;
      ExecutionException stopped =
          assertThrows(ExecutionException.class, () -> left.get(10, TimeUnit.SECONDS));
      assertEquals(
          ErrorCode.STOPPED, assertInstanceOf(MetastoreException.class, stopped.getCause()).code());
    }
  }

  @Test
  void aPurgeGoesOnInAnImageAndTakesNothingOverFromTheOldStore() throws Exception {
    putFour();
    store.done(compaction(4));
    try (StoreUnderTest image = StoreUnderTest.open("memory", other);
        TaskScope scope = TaskScope.open("test")) {
      for (int i = 0; i < 6; i++) {
        image.done(put("a", "v" + i));
      }
      image.done(compaction(6));
      AtomicReference<StoreUnderTest> current = new AtomicReference<>(store);
      List<Boolean> committed = new CopyOnWriteArrayList<>();
      Compactor compactor = new Compactor(() -> current.get().view(), System::nanoTime);
      compactor.start(
          scope,
          (batch, wanted) -> {
            if (current.compareAndSet(store, image)) {
              // While the first step is on its way.
              compactor.exchanged(image.stateMachine().state());
            }
            committed.add(wanted.getAsBoolean());
            if (wanted.getAsBoolean()) {
              current.get().stateMachine().upkeep(batch);
            }
            return CompletableFuture.completedFuture(true);
          },
          () -> {});
      compactor.purged(6).get(10, TimeUnit.SECONDS);
      assertEquals(List.of(false, true), committed);
      assertFalse(image.purgeStep(1), "nothing is left to do");
      // One that has it all removed already needs no step, and its mark is the one that counts.
      compactor.exchanged(image.stateMachine().state());
      compactor.purged(6).get(10, TimeUnit.SECONDS);
      assertEquals(2, committed.size());
    }
  }
}
