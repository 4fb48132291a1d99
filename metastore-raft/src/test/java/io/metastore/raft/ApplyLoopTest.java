package io.metastore.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.api.storage.StorageEngine;
import io.metastore.api.storage.StorageException;
import io.metastore.api.storage.StorageOptions;
import io.metastore.core.NodeMetrics;
import io.metastore.core.Reply;
import io.metastore.core.apply.Commit;
import io.metastore.core.apply.EntryCodec;
import io.metastore.core.apply.LocalProposals;
import io.metastore.core.apply.StateMachine;
import io.metastore.core.message.Proposal;
import io.metastore.core.message.PutRequest;
import io.metastore.core.task.TaskScope;
import io.metastore.testkit.storage.Together;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ApplyLoopTest {
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
  // The engine commits as often as this has permits.
  private final Semaphore commits = new Semaphore(0);
  private final List<Throwable> failures = new CopyOnWriteArrayList<>();
  private final List<Integer> applied = new CopyOnWriteArrayList<>();
  private final TaskScope scope = TaskScope.open("test", failures::add);
  private final NodeMetrics metrics =
      new NodeMetrics() {
        @Override
        public void applied(int proposals, long durationNanos) {
          applied.add(proposals);
        }
      };
  private volatile boolean broken;
  private StorageEngine engine;
  private StateMachine machine;
  private ApplyLoop loop;

  @BeforeEach
  void start() {
    engine =
        new HookedProvider("memory", n -> beforeCommit(), () -> {})
            .open(StorageOptions.of(directory));
    machine = StateMachine.open(engine, NOBODY);
    loop = new ApplyLoop(machine, new Flusher(engine, machine), metrics);
    loop.start(scope);
  }

  private void beforeCommit() {
    commits.acquireUninterruptibly();
    if (broken) {
      throw new StorageException("the disk of this test is full");
    }
  }

  @AfterEach
  void close() {
    commits.release(Integer.MAX_VALUE / 2);
    scope.close();
    machine.close();
    engine.close();
  }

  private static Commit commit(int index) {
    return commit(index, 0);
  }

  private static Commit commit(int index, int valueBytes) {
    PutRequest put =
        PutRequest.newBuilder()
            .setKey(ByteString.copyFromUtf8("k" + index))
            .setValue(ByteString.copyFrom(new byte[valueBytes]))
            .build();
    return new Commit(
        index,
        1,
        ByteBuffer.wrap(
            EntryCodec.encode(
                new EntryCodec.Header(1, index),
                List.of(Proposal.newBuilder().setPut(put).build()))),
        new CompletableFuture<>());
  }

  private static void assertNotApplied(CompletableFuture<Void> done) {
    ExecutionException thrown =
        assertThrows(
            ExecutionException.class, () -> done.get(Nodes.TIMEOUT.toSeconds(), TimeUnit.SECONDS));
    assertEquals(
        ErrorCode.STOPPED, assertInstanceOf(MetastoreException.class, thrown.getCause()).code());
  }

  @Test
  void everyCommitReachesTheEngineInItsOrder() throws Exception {
    commits.release(Integer.MAX_VALUE / 2);
    List<CompletableFuture<Void>> done = new ArrayList<>();
    List<Integer> order = new CopyOnWriteArrayList<>();
    for (int i = 1; i <= 2000; i++) {
      Commit commit = commit(i);
      int index = i;
      done.add(commit.applyDone().thenRun(() -> order.add(index)));
      CompletableFuture<Void> unused = loop.commit(commit);
    }
    loop.close();
    scope.join();
    CompletableFuture.allOf(done.toArray(CompletableFuture[]::new)).get();
    assertEquals(order.stream().sorted().toList(), order);
    assertEquals(2000, machine.state().appliedIndex());
    assertEquals(2000, machine.state().keys());
    assertEquals(2000, applied.stream().mapToInt(Integer::intValue).sum());
  }

  @Test
  void aCommitIsDoneWhenReadersSeeIt() throws Exception {
    CompletableFuture<Void> done = loop.commit(commit(1));
    Together.await("the engine is asked", () -> commits.hasQueuedThreads());
    assertFalse(done.isDone());
    assertEquals(0, machine.state().keys());
    commits.release();
    done.get();
    assertEquals(1, machine.state().keys());
  }

  @Test
  void aSlowEngineHoldsTheLogBack() throws Exception {
    slowEngineHoldsBack(ApplyLoop.STREAM_MAX, 0);
  }

  @Test
  void largeCommitsHoldTheLogBackByTheirBytes() throws Exception {
    slowEngineHoldsBack(8, (int) (ApplyLoop.STREAM_BYTES_MAX / 8) - 1000);
  }

  /** Commits of a size come until as many wait as are allowed to. */
  private void slowEngineHoldsBack(int bound, int valueBytes) throws Exception {
    AtomicInteger handedOver = new AtomicInteger();
    AtomicReference<Thread> log = new AtomicReference<>(Thread.currentThread());
    try (Together threads = new Together()) {
      threads.run(
          () -> {
            log.set(Thread.currentThread());
            for (int i = 1; i <= 3 * bound; i++) {
              CompletableFuture<Void> unused = loop.commit(commit(i, valueBytes));
              handedOver.incrementAndGet();
            }
            return 0;
          });
      Together.await("the engine is asked", () -> commits.hasQueuedThreads());
      Together.await("the stream is full", () -> handedOver.get() >= bound);
      Together.await(
          "the log waits",
          () -> log.get().getState() == Thread.State.WAITING || handedOver.get() == 3 * bound);
      // A stream full, and what the one drain holds that the engine works on.
      assertTrue(handedOver.get() <= 2 * bound, handedOver + " were taken");
      commits.release(Integer.MAX_VALUE / 2);
      threads.join();
    }
    loop.close();
    scope.join();
    assertEquals(3L * bound, machine.state().appliedIndex());
  }

  @Test
  void closeAppliesWhatIsInTheStreamAndNothingAfter() throws Exception {
    CompletableFuture<Void> first = loop.commit(commit(1));
    CompletableFuture<Void> second = loop.commit(commit(2));
    loop.close();
    loop.close();
    assertNotApplied(loop.commit(commit(3)));
    commits.release(2);
    first.get();
    second.get();
    scope.join();
    assertEquals(2, machine.state().appliedIndex());
  }

  @Test
  void anEngineFailureReachesTheScopeAndLeavesNoCommitOpen() throws Exception {
    CompletableFuture<Void> first = loop.commit(commit(1));
    Together.await("the engine is asked", () -> commits.hasQueuedThreads());
    CompletableFuture<Void> second = loop.commit(commit(2));
    broken = true;
    commits.release();
    // Done would mean that readers see it: a read barrier would pass ahead of it.
    assertNotApplied(first);
    assertNotApplied(second);
    ExecutionException thrown = assertThrows(ExecutionException.class, scope::join);
    assertInstanceOf(StorageException.class, thrown.getCause());
    assertSame(thrown.getCause(), failures.getFirst());
    assertNotApplied(loop.commit(commit(3)));
    assertEquals(0, machine.state().appliedIndex());
  }

  @Test
  void theEndOfTheScopeLeavesNoCommitOpen() throws Exception {
    scope.close();
    assertNotApplied(loop.commit(commit(1)));
    assertEquals(List.of(), failures);
  }
}
