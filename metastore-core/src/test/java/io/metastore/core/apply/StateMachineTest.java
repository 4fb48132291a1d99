package io.metastore.core.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.api.storage.StorageException;
import io.metastore.core.CountingEngine;
import io.metastore.core.Engines;
import io.metastore.core.Reply;
import io.metastore.core.Texts;
import io.metastore.core.message.DeleteRangeResponse;
import io.metastore.core.message.Proposal;
import io.metastore.core.message.PutResponse;
import io.metastore.core.message.RangeResponse;
import io.metastore.core.mvcc.PublishedView;
import io.metastore.core.mvcc.RangeReader;
import io.metastore.core.mvcc.StoreState;
import io.metastore.testkit.storage.Together;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StateMachineTest {
  private static final long OWN = 77;
  private static final long FOREIGN = 78;

  /** Own proposals by batch, and what was answered to them. */
  private static final class Local implements LocalProposals {
    final Map<Long, List<Proposal>> waiting = new HashMap<>();
    final Map<Long, List<Reply>> replies = new HashMap<>();
    final List<Long> executed = new ArrayList<>();
    Runnable onExecuted = () -> {};
    Runnable onReply = () -> {};

    @Override
    public Optional<List<Proposal>> find(EntryCodec.Header entry) {
      return entry.origin() == OWN
          ? Optional.ofNullable(waiting.get(entry.batch()))
          : Optional.empty();
    }

    @Override
    public void executed(EntryCodec.Header entry) {
      onExecuted.run();
      executed.add(entry.batch());
    }

    @Override
    public void replied(EntryCodec.Header entry, List<Reply> answers) {
      onReply.run();
      replies.put(entry.batch(), answers);
    }
  }

  @TempDir Path directory;
  private final Local local = new Local();
  private CountingEngine engine;
  private StateMachine machine;

  @BeforeEach
  void open() throws IOException {
    engine = new CountingEngine(Engines.open(directory));
    machine = StateMachine.open(engine, local);
  }

  @AfterEach
  void closeAndCount() {
    machine.close();
    assertEquals(0, engine.openViews());
    assertEquals(0, engine.openCursors());
    assertEquals(0, engine.misuses());
    engine.close();
  }

  private static Commit commit(long index, long origin, Proposal... proposals) {
    return new Commit(
        index,
        5,
        ByteBuffer.wrap(EntryCodec.encode(new EntryCodec.Header(origin, index), List.of(proposals)))
            .asReadOnlyBuffer(),
        new CompletableFuture<>());
  }

  private RangeResponse everything() {
    try (PublishedView view = machine.acquire()) {
      return RangeReader.range(view, Texts.everything().build()).build();
    }
  }

  @Test
  void aDrainIsOneBatchAndOnePublication() {
    Commit first = commit(3, FOREIGN, Texts.put("a", "1"), Texts.put("b", "1"));
    Commit second = commit(7, FOREIGN, Texts.delete("a"));
    assertEquals(3, machine.apply(List.of(first, second)));
    assertEquals(1, engine.commits());
    assertEquals(new StoreState(7, 5, 4, StoreState.NEVER_COMPACTED, 1, 0), machine.state());
    assertTrue(first.applyDone().isDone());
    assertTrue(second.applyDone().isDone());
    assertEquals(1, everything().getCount());
  }

  @Test
  void ownEntriesAreExecutedBeforeTheEngineHasThem() {
    local.waiting.put(4L, List.of(Texts.put("b", "1")));
    local.onExecuted = () -> assertEquals(0, engine.commits());
    local.onReply = () -> assertEquals(1, engine.commits());
    machine.apply(
        List.of(commit(3, FOREIGN, Texts.put("a", "1")), commit(4, OWN, Texts.put("b", "1"))));
    assertEquals(List.of(4L), local.executed);
    assertEquals(Set.of(4L), local.replies.keySet());
  }

  @Test
  void whatWasAppliedIsThereAfterAReopen() throws IOException {
    machine.apply(List.of(commit(3, FOREIGN, Texts.put("a", "1"))));
    StoreState before = machine.state();
    machine.close();
    engine.flush();
    engine.close();
    open();
    assertEquals(before, machine.state());
    assertEquals(1, everything().getCount());
  }

  @Test
  void ownProposalsAreAnsweredInOrderAfterPublication() {
    local.waiting.put(3L, List.of(Texts.put("a", "1"), Texts.delete("a"), Texts.delete("a")));
    List<Long> seen = new ArrayList<>();
    local.onReply = () -> seen.add(everything().getHeader().getRevision());
    machine.apply(List.of(commit(3, OWN, Texts.put("a", "1"), Texts.delete("a"))));
    assertEquals(List.of(3L), seen, "answered before readers could see it");
    List<Reply> replies = local.replies.getOrDefault(3L, List.of());
    assertEquals(3, replies.size());
    assertInstanceOf(
        PutResponse.Builder.class, assertInstanceOf(Reply.Done.class, replies.get(0)).response());
    assertEquals(1, deleted(replies.get(1)));
    assertEquals(0, deleted(replies.get(2)));
  }

  private static long deleted(Reply reply) {
    return assertInstanceOf(
            DeleteRangeResponse.Builder.class, assertInstanceOf(Reply.Done.class, reply).response())
        .getDeleted();
  }

  @Test
  void entriesOfOthersAndOfForgottenBatchesAreAppliedAndNotAnswered() {
    local.waiting.put(4L, List.of(Texts.put("wrong", "1")));
    machine.apply(
        List.of(commit(3, OWN, Texts.put("a", "1")), commit(4, FOREIGN, Texts.put("b", "1"))));
    assertEquals(Map.of(), local.replies);
    assertEquals(2, everything().getCount());
  }

  @Test
  void anApplyDoneFutureIsCompletedAfterTheReplies() {
    local.waiting.put(3L, List.of(Texts.put("a", "1")));
    Commit commit = commit(3, OWN, Texts.put("a", "1"));
    AtomicBoolean doneFirst = new AtomicBoolean();
    local.onReply = () -> doneFirst.set(commit.applyDone().isDone());
    machine.apply(List.of(commit));
    assertFalse(doneFirst.get());
  }

  @Test
  void commitsThatComeAgainOrOutOfOrderAreABug() {
    machine.apply(List.of(commit(3, FOREIGN, Texts.put("a", "1"))));
    Commit again = commit(3, FOREIGN, Texts.put("a", "2"));
    IllegalStateException thrown =
        assertThrows(IllegalStateException.class, () -> machine.apply(List.of(again)));
    assertTrue(String.valueOf(thrown.getMessage()).matches(".*\\b3\\b.*\\b3\\b.*"), "" + thrown);
    List<Commit> swapped =
        List.of(commit(6, FOREIGN, Texts.put("a", "3")), commit(5, FOREIGN, Texts.put("a", "4")));
    assertThrows(IllegalStateException.class, () -> machine.apply(swapped));
    assertFalse(again.applyDone().isDone());
    assertEquals(new StoreState(3, 5, 2, StoreState.NEVER_COMPACTED, 1, 0), machine.state());
    assertEquals("1", everything().getKvs(0).getValue().toStringUtf8());
  }

  @Test
  void aCommandOfALaterReleaseStopsTheNode() {
    Commit unknown = commit(3, FOREIGN, Proposal.getDefaultInstance());
    assertThrows(IllegalStateException.class, () -> machine.apply(List.of(unknown)));
    assertEquals(0, machine.state().appliedIndex());
  }

  @Test
  void anEngineFailurePublishesAndAnswersNothing() {
    machine.apply(List.of(commit(3, FOREIGN, Texts.put("a", "1"))));
    local.waiting.put(4L, List.of(Texts.put("a", "2")));
    Commit failing = commit(4, OWN, Texts.put("a", "2"));
    engine.failCommits(true);
    assertThrows(StorageException.class, () -> machine.apply(List.of(failing)));
    assertFalse(failing.applyDone().isDone());
    assertEquals(Map.of(), local.replies);
    assertEquals(new StoreState(3, 5, 2, StoreState.NEVER_COMPACTED, 1, 0), machine.state());
    assertEquals("1", everything().getKvs(0).getValue().toStringUtf8());
  }

  @Test
  void aFailedDrainLeavesNothingForTheNext() {
    engine.failCommits(true);
    assertThrows(
        StorageException.class,
        () -> machine.apply(List.of(commit(3, FOREIGN, Texts.put("lost", "1")))));
    engine.failCommits(false);
    machine.apply(
        List.of(
            commit(3, FOREIGN, Texts.put("a", "1")), commit(4, FOREIGN, Texts.put("lost", ""))));
    assertEquals(2, everything().getCount());
    assertEquals(1, everything().getKvs(1).getVersion());
    assertEquals(2, machine.state().keys());
  }

  @Test
  void aHeldViewStaysAsItWas() {
    machine.apply(List.of(commit(3, FOREIGN, Texts.put("a", "1"))));
    try (PublishedView held = machine.acquire()) {
      machine.apply(List.of(commit(4, FOREIGN, Texts.put("a", "2"))));
      machine.close();
      assertEquals(2, held.state().revision());
      RangeResponse seen = RangeReader.range(held, Texts.everything().build()).build();
      assertEquals("1", seen.getKvs(0).getValue().toStringUtf8());
      assertEquals(1, engine.openViews());
    }
  }

  @Test
  void aViewGivenUpByAllCannotBeTakenAgain() {
    PublishedView view = machine.acquire();
    machine.apply(List.of(commit(3, FOREIGN, Texts.put("a", "1"))));
    assertTrue(view.retain());
    view.close();
    view.close();
    assertFalse(view.retain());
  }

  @Test
  void nothingCanBeAcquiredAfterClose() {
    machine.close();
    machine.close();
    MetastoreException refused = assertThrows(MetastoreException.class, machine::acquire);
    assertEquals(ErrorCode.STOPPED, refused.code());
    assertEquals(1, machine.state().revision());
  }

  @Test
  void readersAndTheWriterTogetherLeakNoView() throws Exception {
    AtomicBoolean stop = new AtomicBoolean();
    try (Together readers = new Together()) {
      for (int i = 0; i < 4; i++) {
        readers.run(
            () -> {
              long last = 0;
              while (!stop.get()) {
                try (PublishedView view = machine.acquire()) {
                  long revision = view.state().revision();
                  assertTrue(revision >= last, revision + " after " + last);
                  last = revision;
                  RangeResponse seen = RangeReader.range(view, Texts.everything().build()).build();
                  assertEquals(Math.min(revision - 1, 10), seen.getCount());
                }
              }
              return last;
            });
      }
      for (int index = 1; index <= 2000; index++) {
        machine.apply(List.of(commit(index, FOREIGN, Texts.put("k" + index % 10, "" + index))));
      }
      stop.set(true);
      readers.join();
    }
    assertEquals(1, engine.openViews(), "the published one");
  }

  @Test
  void closeWhileReadersAcquireLeaksNoView() throws Exception {
    for (int round = 0; round < 200; round++) {
      StateMachine closing = StateMachine.open(engine, local);
      try (Together threads = new Together()) {
        for (int i = 0; i < 2; i++) {
          threads.run(
              () -> {
                try {
                  while (true) {
                    closing.acquire().close();
                  }
                } catch (MetastoreException e) {
                  return e.code();
                }
              });
        }
        threads.run(
            () -> {
              closing.close();
              return 0;
            });
        threads.join();
      }
      assertEquals(1, engine.openViews(), "that of the other state machine");
    }
  }
}
