package io.metastore.raft;

import io.metastore.api.storage.StorageEngine;
import io.metastore.api.storage.StorageEngineProvider;
import io.metastore.api.storage.StorageOptions;
import io.metastore.core.NodeMetrics;
import io.metastore.core.message.ImageFile;
import io.metastore.core.message.ImagePiece;
import io.metastore.core.message.PeerNothing;
import io.metastore.core.message.PeerRequest;
import io.metastore.core.message.PeerResponse;
import io.metastore.core.mvcc.PublishedView;
import io.metastore.core.mvcc.StoreMeta;
import io.metastore.core.mvcc.StoreState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.ratis.protocol.RaftPeer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches an image of the leader's store and makes a store of it, beside the one in use. Nothing
 * changes until {@link #take} hands the new store over.
 *
 * <p>{@link #fetch} is called by one thread at a time, and not before the store that it made last
 * was taken or is no longer wanted.
 */
final class ImageInstaller {
  private static final Logger LOG = LoggerFactory.getLogger(ImageInstaller.class);

  /** How long a leader may take for a checkpoint: of the memory engine, a copy. */
  static final Duration BEGIN_MAX = Duration.ofMinutes(10);

  private static final Duration PIECE_MAX = Duration.ofSeconds(30);

  /** A store that was made of an image and is open. */
  record Installed(StorageEngine engine, StoreState state, Path directory) {}

  /** Asks another member; as {@link PeerCalls#ask(RaftPeer, PeerRequest.Builder, Duration)}. */
  @FunctionalInterface
  interface Peers {
    CompletableFuture<PeerResponse> ask(
        RaftPeer peer, PeerRequest.Builder question, Duration timeout);
  }

  private final Peers peers;
  private final StoreFolders folders;
  private final StorageEngineProvider provider;
  private final Map<String, String> settings;
  private final NodeMetrics metrics;
  private final AtomicReference<Optional<Installed>> ready =
      new AtomicReference<>(Optional.empty());

  /** Creates an installer for a member's engine. */
  ImageInstaller(
      Peers peers,
      StoreFolders folders,
      StorageEngineProvider provider,
      Map<String, String> settings,
      NodeMetrics metrics) {
    this.peers = peers;
    this.folders = folders;
    this.provider = provider;
    this.settings = settings;
    this.metrics = metrics;
  }

  /**
   * Fetches an image and opens a store with its content.
   *
   * @return what it holds
   * @throws IOException when the member does not give it, or it does not come as it was sent
   */
  Installed fetch(RaftPeer from) throws IOException, InterruptedException {
    metrics.imageInstalling(true);
    try {
      return install(from);
    } finally {
      metrics.imageInstalling(false);
    }
  }

  private Installed install(RaftPeer from) throws IOException, InterruptedException {
    discard();
    Path image = folders.incoming();
    StoreFolders.delete(image);
    Files.createDirectories(image);
    long started = System.nanoTime();
    long bytes = receive(from, image);
    Path store = folders.next();
    StorageEngine engine;
    try {
      provider.restore(image, store);
      StoreFolders.delete(image);
      engine = provider.open(new StorageOptions(store, settings));
    } catch (IOException | RuntimeException e) {
      StoreFolders.delete(store);
      throw e;
    }
    try {
      StoreMeta.noteInstalled(engine);
      StoreState state;
      try (PublishedView view = StoreMeta.publish(engine)) {
        state = view.state();
      }
      Installed installed = new Installed(engine, state, store);
      ready.set(Optional.of(installed));
      LOG.atInfo()
          .addKeyValue("from", from.getId())
          .addKeyValue("applied-index", state.appliedIndex())
          .addKeyValue("revision", state.revision())
          .addKeyValue("bytes", bytes)
          .addKeyValue("took-ms", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started))
          .log("image of the store received");
      return installed;
    } catch (RuntimeException e) {
      engine.close();
      StoreFolders.delete(store);
      throw e;
    }
  }

  private long receive(RaftPeer from, Path into) throws IOException, InterruptedException {
    PeerResponse begun =
        ask(
            from,
            PeerRequest.newBuilder().setImageBegin(PeerNothing.getDefaultInstance()),
            BEGIN_MAX);
    try {
      long bytes = 0;
      for (ImageFile file : begun.getFilesList()) {
        receive(from, begun.getNumber(), file, into);
        bytes += file.getBytes();
      }
      return bytes;
    } finally {
      // Not waited for: an image that nobody reads any more goes by itself after a while.
      CompletableFuture<PeerResponse> unused =
          peers.ask(from, PeerRequest.newBuilder().setImageEnd(begun.getNumber()), PIECE_MAX);
    }
  }

  private void receive(RaftPeer from, long image, ImageFile file, Path into)
      throws IOException, InterruptedException {
    Path target = into.resolve(file.getName()).normalize();
    if (!target.startsWith(into)) {
      throw new IOException("the image has a file outside of it: " + file.getName());
    }
    Files.createDirectories(target.getParent());
    try (FileChannel channel =
        FileChannel.open(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      long at = 0;
      while (at < file.getBytes()) {
        PeerResponse answer =
            ask(
                from,
                PeerRequest.newBuilder()
                    .setImagePiece(
                        ImagePiece.newBuilder()
                            .setImage(image)
                            .setFile(file.getName())
                            .setOffset(at)),
                PIECE_MAX);
        ByteBuffer piece = answer.getPiece().asReadOnlyByteBuffer();
        if (!piece.hasRemaining() || StoreImages.crc(piece.duplicate()) != answer.getPieceCrc()) {
          throw new IOException(
              "the image's file " + file.getName() + " did not come as it was sent, at byte " + at);
        }
        while (piece.hasRemaining()) {
          at += channel.write(piece);
        }
      }
      channel.force(true);
    }
  }

  private PeerResponse ask(RaftPeer from, PeerRequest.Builder question, Duration timeout)
      throws IOException, InterruptedException {
    try {
      return peers.ask(from, question, timeout).get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("member " + from.getId() + " does not give its image", e);
    }
  }

  /**
   * Hands over the store that was fetched last, which from now on counts; once.
   *
   * @param before what the store that counted until now holds durably
   */
  Optional<Installed> take(StoreState before) throws IOException {
    Optional<Installed> taken = ready.getAndSet(Optional.empty());
    if (taken.isPresent()) {
      long ends = taken.get().state().appliedIndex();
      if (ends < before.appliedIndex()) {
        close(taken.get());
        throw new IllegalStateException(
            "the image ends at entry " + ends + ", before the store at " + before.appliedIndex());
      }
      folders.makeCurrent(taken.get().directory());
    }
    return taken;
  }

  /** Closes a store that nobody took. */
  void discard() throws IOException {
    Optional<Installed> left = ready.getAndSet(Optional.empty());
    if (left.isPresent()) {
      close(left.get());
    }
  }

  /** Closes a store, unless it was taken or closed. */
  void discard(Installed installed) throws IOException {
    Optional<Installed> left = ready.get();
    if (left.isPresent()
        && left.get().equals(installed)
        && ready.compareAndSet(left, Optional.empty())) {
      close(installed);
    }
  }

  private static void close(Installed left) throws IOException {
    left.engine().close();
    StoreFolders.delete(left.directory());
  }
}
