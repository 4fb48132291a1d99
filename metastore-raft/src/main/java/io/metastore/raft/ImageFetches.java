package io.metastore.raft;

import io.metastore.core.mvcc.StoreState;
import io.metastore.core.task.TaskScope;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.ratis.protocol.RaftPeer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The images that the log asks for: one is fetched at a time, and given up when the log drops it.
 *
 * <p>Thread-safe; nothing blocks.
 */
final class ImageFetches {
  private static final Logger LOG = LoggerFactory.getLogger(ImageFetches.class);

  /** One fetch; its thread is there while it runs. */
  private record Fetch(
      CompletableFuture<ImageInstaller.Installed> image,
      AtomicReference<Optional<Thread>> thread) {}

  private final TaskScope scope;
  // Held while an image is fetched: two would share a folder.
  private final ReentrantLock fetching = new ReentrantLock();
  private final AtomicReference<Optional<Fetch>> newest = new AtomicReference<>(Optional.empty());

  /** Creates fetches that run as tasks of a scope. */
  ImageFetches(TaskScope scope) {
    this.scope = scope;
  }

  /**
   * Fetches an image, after what is being fetched.
   *
   * @return completes with what the image holds, whatever happens
   */
  CompletableFuture<StoreState> start(ImageInstaller installer, RaftPeer from) {
    Fetch fetch = new Fetch(new CompletableFuture<>(), new AtomicReference<>(Optional.empty()));
    newest.set(Optional.of(fetch));
    try {
      // A platform thread: engines make a store of an image by long native calls.
      scope.forkPlatform("image", () -> run(fetch, installer, from));
    } catch (IllegalStateException stopping) {
      fetch.image().completeExceptionally(stopping);
    }
    return fetch.image().thenApply(ImageInstaller.Installed::state);
  }

  private void run(Fetch fetch, ImageInstaller installer, RaftPeer from) throws IOException {
    fetch.thread().set(Optional.of(Thread.currentThread()));
    try {
      fetching.lockInterruptibly();
      try {
        fetch(fetch, installer, from);
      } finally {
        fetching.unlock();
      }
    } catch (InterruptedException e) {
      fetch.image().completeExceptionally(e);
    } finally {
      fetch.thread().set(Optional.empty());
    }
  }

  private static void fetch(Fetch fetch, ImageInstaller installer, RaftPeer from)
      throws InterruptedException, IOException {
    if (fetch.image().isDone()) {
      return;
    }
    try {
      ImageInstaller.Installed installed = installer.fetch(from);
      if (!fetch.image().complete(installed)) {
        installer.discard(installed);
      }
    } catch (IOException | RuntimeException e) {
      if (fetch.image().completeExceptionally(e)) {
        LOG.atWarn()
            .addKeyValue("from", from.getId())
            .setCause(e)
            .log("no image of the store, the leader asks again");
      }
    } catch (Error e) {
      fetch.image().completeExceptionally(e);
      throw e;
    }
  }

  /** Gives up the newest image: nobody goes on with it. */
  void drop(ImageInstaller installer) {
    newest
        .getAndSet(Optional.empty())
        .ifPresent(
            fetch -> {
              if (fetch.image().completeExceptionally(new CancellationException("dropped"))) {
                fetch.thread().get().ifPresent(Thread::interrupt);
              } else {
                CompletableFuture<Void> unused =
                    fetch.image().thenAccept(installed -> discard(installer, installed));
              }
            });
  }

  private void discard(ImageInstaller installer, ImageInstaller.Installed installed) {
    try {
      scope.forkPlatform("image-dropped", () -> installer.discard(installed));
    } catch (IllegalStateException stopping) {
      LOG.debug("the node's close discards it", stopping);
    }
  }
}
