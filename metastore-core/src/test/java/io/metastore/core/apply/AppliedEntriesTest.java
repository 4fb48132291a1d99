package io.metastore.core.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.metastore.api.storage.StorageEngine;
import io.metastore.core.Engines;
import io.metastore.core.Reply;
import io.metastore.core.Texts;
import io.metastore.core.message.Proposal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every entry here changes one key, so the revision counts how many were applied. */
class AppliedEntriesTest {
  private static final LocalProposals NOBODYS =
      new LocalProposals() {
        @Override
        public Optional<List<Proposal>> find(EntryCodec.Header entry) {
          return Optional.empty();
        }

        @Override
        public void replied(EntryCodec.Header entry, List<Reply> replies) {}
      };

  @TempDir Path directory;
  private StorageEngine engine;
  private StateMachine machine;
  private long index;

  @BeforeEach
  void open() throws IOException {
    engine = Engines.open(directory);
    machine = StateMachine.open(engine, NOBODYS);
  }

  @AfterEach
  void close() {
    machine.close();
    engine.close();
  }

  private Commit commit(long origin, long batch) {
    return new Commit(
        ++index,
        1,
        ByteBuffer.wrap(
            EntryCodec.encode(
                new EntryCodec.Header(origin, batch), List.of(Texts.put("k", "v" + index)))),
        new CompletableFuture<>());
  }

  private void apply(long origin, long batch) {
    machine.apply(List.of(commit(origin, batch)));
  }

  private void assertApplied(long entries) {
    assertEquals(1 + entries, machine.state().revision());
  }

  @Test
  void anEntryThatIsInTheLogTwiceIsAppliedOnce() {
    apply(7, 1);
    apply(7, 1);
    assertApplied(1);
    machine.apply(List.of(commit(7, 2), commit(7, 2), commit(8, 2)));
    assertApplied(3);
    assertEquals(index, machine.state().appliedIndex());
  }

  @Test
  void anEntryThatWasOvertakenIsAppliedOnceAllTheSame() {
    apply(7, 3);
    apply(7, 1);
    apply(7, 2);
    apply(7, 1);
    apply(7, 3);
    assertApplied(3);
  }

  @Test
  void whatIsTooFarBehindCountsAsApplied() {
    apply(7, 1 + AppliedEntries.WINDOW);
    apply(7, 1);
    assertApplied(1);
    apply(7, 2);
    assertApplied(2);
  }

  @Test
  void aRestartDoesNotForget() throws IOException {
    apply(7, 5);
    apply(7, 4);
    machine.close();
    engine.flush();
    engine.close();
    open();
    apply(7, 5);
    apply(7, 4);
    assertApplied(2);
    apply(7, 3);
    assertApplied(3);
  }

  @Test
  void theOriginThatWasSilentForLongestIsForgotten() {
    for (long origin = 1; origin <= AppliedEntries.ORIGINS_MAX; origin++) {
      apply(origin, 1);
    }
    apply(1, 2);
    apply(-5, 1);
    assertApplied(AppliedEntries.ORIGINS_MAX + 2);
    apply(1, 1);
    assertApplied(AppliedEntries.ORIGINS_MAX + 2);
    apply(2, 1);
    assertApplied(AppliedEntries.ORIGINS_MAX + 3);
  }
}
