package io.metastore.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.api.storage.StorageEngine;
import io.metastore.api.storage.StorageOptions;
import io.metastore.core.NodeMetrics;
import io.metastore.core.apply.StateMachine;
import io.metastore.core.mvcc.StoreState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Ratis is told when an image of the store cannot be gone on with. */
class RatisStateMachineTest {
  @TempDir private Path temp;

  /** Has no image. */
  private static final class NoImage implements RatisStateMachine.Listener {
    @Override
    public void leaderChanged(RaftPeerId leader) {}

    @Override
    public void leadershipChanged() {}

    @Override
    public void logFailed(Throwable cause) {}

    @Override
    public void logEnded(boolean rejected) {}

    @Override
    public CompletableFuture<byte[]> asked(byte[] question) {
      return CompletableFuture.completedFuture(question);
    }

    @Override
    public void imageDropped() {}

    @Override
    public CompletableFuture<StoreState> fetchImage(RaftPeer from) {
      return new CompletableFuture<>();
    }

    @Override
    public Optional<StoreState> installImage() {
      return Optional.empty();
    }
  }

  @Test
  void withoutItsImageTheLogsUpdaterHasNothingLeftToApplyAndNoReadPasses() throws Exception {
    try (StorageEngine engine = Nodes.provider("memory").open(new StorageOptions(temp, Map.of()))) {
      StateMachine store =
          StateMachine.open(
              engine, new Proposer(1L, 1, Duration.ZERO, Duration.ZERO, NodeMetrics.NONE));
      Flusher flusher = new Flusher(engine, store);
      RatisStateMachine adapter =
          new RatisStateMachine(
              new ApplyLoop(store, flusher, NodeMetrics.NONE),
              store.state(),
              flusher::flushed,
              new NoImage());
      adapter.getLifeCycle().startAndTransition(() -> {});
      assertEquals(Message.EMPTY, adapter.query(Message.EMPTY).get());
      adapter.pause();
      adapter.reinitialize();
      assertEquals(
          Long.MAX_VALUE,
          Optional.ofNullable(adapter.getLatestSnapshot()).orElseThrow().getIndex());
      assertTrue(adapter.query(Message.EMPTY).isCompletedExceptionally());
      store.close();
    }
  }
}
