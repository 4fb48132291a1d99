package io.metastore.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.metastore.api.storage.StorageEngine;
import io.metastore.api.storage.StorageException;
import io.metastore.api.storage.StorageOptions;
import io.metastore.core.Reply;
import io.metastore.core.apply.Commit;
import io.metastore.core.apply.EntryCodec;
import io.metastore.core.apply.LocalProposals;
import io.metastore.core.apply.StateMachine;
import io.metastore.core.message.Proposal;
import io.metastore.core.task.TaskScope;
import io.metastore.testkit.storage.Together;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class FlusherTest {
  private static final LocalProposals NOBODY =
      new LocalProposals() {
        @Override
        public Optional<List<Proposal>> find(EntryCodec.Header entry) {
          return Optional.empty();
        }

        @Override
        public void replied(EntryCodec.Header entry, List<Reply> replies) {}
      };

  @TempDir Path directory;
  private final AtomicInteger flushes = new AtomicInteger();
  private final AtomicInteger purges = new AtomicInteger();
  private final TaskScope scope = TaskScope.open("test");
  private volatile boolean broken;
  private StorageEngine engine;
  private StateMachine machine;
  private Flusher flusher;

  @BeforeEach
  void open() {
    engine =
        new HookedProvider("memory", n -> {}, this::beforeFlush).open(StorageOptions.of(directory));
    machine = StateMachine.open(engine, NOBODY);
    flusher = new Flusher(engine, machine);
  }

  private void beforeFlush() {
    flushes.incrementAndGet();
    if (broken) {
      throw new StorageException("the disk of this test is full");
    }
  }

  @AfterEach
  void close() {
    scope.close();
    machine.close();
    engine.close();
  }

  private void apply(int index) {
    machine.apply(
        List.of(
            new Commit(
                index,
                1,
                ByteBuffer.wrap(EntryCodec.encode(new EntryCodec.Header(1, index), List.of())),
                new CompletableFuture<>())));
  }

  @Test
  void theEngineIsFlushedAfterAFixedAmountOfLogAndThenThePurgeFollows() throws Exception {
    flusher.start(scope, index -> purges.incrementAndGet());
    apply(1);
    flusher.applied(Flusher.FLUSH_BYTES - 1);
    assertEquals(0, flusher.flushed().appliedIndex());
    flusher.applied(1);
    Together.await("the log is purged", () -> purges.get() == 1);
    assertEquals(1, flushes.get());
    assertEquals(1, flusher.flushed().appliedIndex());
    apply(2);
    flusher.applied(Flusher.FLUSH_BYTES);
    Together.await("the log is purged again", () -> purges.get() == 2);
    assertEquals(2, flusher.flushed().appliedIndex());
  }

  @Test
  void theLastFlushHappensOnlyWhenThereIsSomethingToFlush() {
    flusher.flushAtClose();
    assertEquals(0, flushes.get());
    apply(1);
    flusher.applied(10);
    flusher.flushAtClose();
    flusher.flushAtClose();
    assertEquals(1, flushes.get());
    assertEquals(1, flusher.flushed().appliedIndex());
  }

  @Test
  void aFailedFlushIsTheScopesFailureAndMovesNothing() {
    broken = true;
    flusher.start(scope, index -> purges.incrementAndGet());
    apply(1);
    flusher.applied(Flusher.FLUSH_BYTES);
    ExecutionException thrown = assertThrows(ExecutionException.class, scope::join);
    assertInstanceOf(StorageException.class, thrown.getCause());
    assertEquals(0, flusher.flushed().appliedIndex());
    assertEquals(0, purges.get());
  }
}
