package io.metastore.raft;

import io.metastore.api.storage.StorageEngine;
import io.metastore.core.ConsensusStatus;
import io.metastore.core.NodeMetrics;
import io.metastore.core.ReplicatedStore;
import io.metastore.core.apply.LocalProposals;
import io.metastore.core.apply.StateMachine;
import io.metastore.core.compact.Compactor;
import io.metastore.core.member.MemberTable;
import io.metastore.core.message.Member;
import io.metastore.core.mvcc.PublishedView;
import io.metastore.core.task.TaskScope;
import io.metastore.core.watch.WatchHub;
import io.metastore.core.watch.WatchOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The part of a node from the commit stream down: apply loop, state machine and engine, and what
 * follows or looks after them.
 *
 * <p>Thread-safe. Its parts are closed one by one by the node, in the node's order.
 */
final class StoreSide {
  private static final Logger LOG = LoggerFactory.getLogger(StoreSide.class);

  private static final int SCAN_THREADS = 2;

  /** Clients take messages that are this much longer than a request, as in etcd. */
  private static final int RECEIVE_OVERHEAD_BYTES = 512 * 1024;

  private final TaskScope scope;
  private final ReplaceableEngine engine;
  // Where its files are; of the apply loop.
  private Path folder;
  private final StateMachine stateMachine;
  private final Flusher flusher;
  private final Compactor compactor;
  private final ApplyLoop applyLoop;
  private final WatchHub watches;
  // Long scans are native calls: they would pin the carriers of virtual threads.
  private final ExecutorService scans;

  /**
   * Opens the parts over an engine and starts the apply loop.
   *
   * @param folder where the engine's files are
   * @param local answered by the apply loop
   * @param status of the node, for headers
   */
  StoreSide(
      NodeOptions options,
      StorageEngine opened,
      Path folder,
      LocalProposals local,
      Supplier<ConsensusStatus> status,
      TaskScope scope) {
    this.scope = scope;
    this.folder = folder;
    engine = new ReplaceableEngine(opened);
    NodeMetrics metrics = options.metrics();
    stateMachine = StateMachine.open(new MeteredEngine(engine, metrics), local);
    flusher = new Flusher(engine, stateMachine);
    compactor = new Compactor(stateMachine::acquire, System::nanoTime);
    stateMachine.listen((view, changes) -> compactor.published(view.state()));
    applyLoop = new ApplyLoop(stateMachine, flusher, metrics);
    watches =
        WatchHub.open(
            stateMachine,
            revision -> ReplicatedStore.header(status.get(), revision),
            WatchOptions.of(
                options.watchProgressInterval(),
                options.requestBytesMax() + RECEIVE_OVERHEAD_BYTES));
    stateMachine.listen(watches);
    applyLoop.start(scope);
    scans =
        Executors.newFixedThreadPool(
            SCAN_THREADS,
            Thread.ofPlatform().daemon().name(options.name() + "/scan-", 0).factory());
  }

  /**
   * Starts what follows the state machine.
   *
   * @param purge told up to which log index the engine is durable, after each flush
   */
  void start(LongConsumer purge) {
    watches.start(scope);
    flusher.start(scope, purge);
    compactor.start(scope, applyLoop::upkeep, flusher::request);
  }

  /** Goes on with a store that was made of an image; completes when readers see it. */
  CompletableFuture<Void> install(ImageInstaller.Installed image) {
    return applyLoop.exchange(
        () -> {
          ReplaceableEngine.Retired before = engine.replace(image.engine());
          stateMachine.reload();
          compactor.exchanged(image.state());
          flusher.installed(image.state());
          Path left = folder;
          folder = image.directory();
          scope.forkPlatform("retired-store", () -> remove(before, left));
          LOG.atInfo()
              .addKeyValue("applied-index", image.state().appliedIndex())
              .addKeyValue("revision", image.state().revision())
              .log("store exchanged for an image");
        });
  }

  /** Its last view may be open for as long as a client reads slowly. */
  private static void remove(ReplaceableEngine.Retired store, Path folder)
      throws InterruptedException {
    store.close();
    try {
      StoreFolders.delete(folder);
    } catch (IOException e) {
      LOG.warn("the store before an image is not removed, the next start does that", e);
    }
  }

  /** The members as the newest view has them. */
  List<Member> members() {
    try (PublishedView view = stateMachine.acquire()) {
      return MemberTable.list(view.view());
    }
  }

  ReplaceableEngine engine() {
    return engine;
  }

  StateMachine stateMachine() {
    return stateMachine;
  }

  Flusher flusher() {
    return flusher;
  }

  Compactor compactor() {
    return compactor;
  }

  ApplyLoop applyLoop() {
    return applyLoop;
  }

  WatchHub watches() {
    return watches;
  }

  ExecutorService scans() {
    return scans;
  }
}
