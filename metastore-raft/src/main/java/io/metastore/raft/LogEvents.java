package io.metastore.raft;

import io.metastore.core.lease.LeaseExpirer;
import io.metastore.core.mvcc.StoreState;
import io.metastore.core.task.TaskScope;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the log's life means for the node. Called by Ratis' threads, also before the node's parts
 * around the log exist: other members' questions then fail.
 */
final class LogEvents implements RatisStateMachine.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(LogEvents.class);

  private final NodeOptions options;
  private final DataDirectory directory;
  private final DataDirectory.Identity identity;
  private final StoreSide store;
  private final LeaseExpirer leaseExpirer;
  private final ImageFetches fetches;
  private final Consumer<Throwable> failed;
  private volatile Optional<ConsensusSide> parts = Optional.empty();
  private volatile boolean closing;

  /**
   * Creates the listener of a node.
   *
   * @param failed told of what must end the node
   */
  LogEvents(
      NodeOptions options,
      DataDirectory directory,
      DataDirectory.Identity identity,
      StoreSide store,
      LeaseExpirer leaseExpirer,
      TaskScope scope,
      Consumer<Throwable> failed) {
    this.options = options;
    this.directory = directory;
    this.identity = identity;
    this.store = store;
    this.leaseExpirer = leaseExpirer;
    this.fetches = new ImageFetches(scope);
    this.failed = failed;
  }

  /** The parts around the log exist. */
  void partsAreReady(ConsensusSide consensus) {
    parts = Optional.of(consensus);
  }

  /** The node closes: that the log ends is no failure from now on. */
  void closing() {
    closing = true;
  }

  @Override
  public void leaderChanged(RaftPeerId leader) {
    options.metrics().leaderChanged(true);
    LOG.atInfo()
        .addKeyValue("name", options.name())
        .addKeyValue("leader", leader)
        .log("leader elected");
  }

  @Override
  public void leadershipChanged() {
    leaseExpirer.wake();
  }

  @Override
  public void logFailed(Throwable cause) {
    failed.accept(new IOException("the log in " + directory.log() + " failed", cause));
  }

  @Override
  public void logEnded(boolean rejected) {
    if (!closing) {
      failed.accept(
          rejected
              ? new RemovedException(identity)
              : new IllegalStateException(
                  "the log of member " + options.name() + " ended by itself, see the lines above"));
    }
  }

  @Override
  public CompletableFuture<byte[]> asked(byte[] question) {
    return parts
        .map(consensus -> consensus.service().handle(question))
        .orElseGet(() -> CompletableFuture.failedFuture(notYet()));
  }

  private static IllegalStateException notYet() {
    return new IllegalStateException("the member is not up yet");
  }

  @Override
  public CompletableFuture<StoreState> fetchImage(RaftPeer from) {
    return parts
        .map(consensus -> fetches.start(consensus.installer(), consensus.ratis().whereItIs(from)))
        .orElseGet(() -> CompletableFuture.failedFuture(notYet()));
  }

  @Override
  public void imageDropped() {
    parts.ifPresent(consensus -> fetches.drop(consensus.installer()));
  }

  @Override
  public Optional<StoreState> installImage() {
    try {
      ImageInstaller.Installed image =
          parts
              .orElseThrow(LogEvents::notYet)
              .installer()
              .take(store.flusher().flushed())
              .orElseThrow(() -> new IOException("there is no image to go on with"));
      store.install(image).get();
      return Optional.of(image.state());
    } catch (IOException | ExecutionException | RuntimeException e) {
      notGoneOnWith(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      notGoneOnWith(e);
    }
    return Optional.empty();
  }

  private void notGoneOnWith(Exception cause) {
    if (!closing) {
      failed.accept(new IOException("the image of the store could not be gone on with", cause));
    }
  }
}
