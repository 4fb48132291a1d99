package io.metastore.raft;

import com.google.protobuf.UnsafeByteOperations;
import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.api.storage.StorageEngine;
import io.metastore.core.message.ImageFile;
import io.metastore.core.message.ImagePiece;
import io.metastore.core.message.PeerResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Images of the store for members that are so far behind that the log does not reach back to them.
 * Each is a checkpoint made when it is asked for, read in pieces by the member that asked, and
 * removed when that says so or was silent for long. Writes go on meanwhile.
 *
 * <p>Thread-safe. Files are read and written on threads of its own: clients' reads do not wait for
 * a checkpoint.
 */
final class StoreImages implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StoreImages.class);

  /** How much is sent at once. */
  static final int PIECE_BYTES_MAX = 1 << 20;

  private static final int IMAGES_MAX = 4;

  /** After so long without a question an image is removed. */
  static final Duration IDLE_MAX = Duration.ofMinutes(2);

  /** One more than makes a checkpoint: pieces of another image are read meanwhile. */
  private static final int THREADS = 2;

  private record Image(Path directory, AtomicLong usedNanos) {}

  private final StorageEngine engine;
  private final Path directory;
  private final Duration idleMax;
  // Checkpoints and reads are native calls and file access: they would pin virtual threads.
  private final ExecutorService executor;
  private final AtomicLong numbers = new AtomicLong();
  private final Map<Long, Image> images = new ConcurrentHashMap<>();

  /**
   * Creates images of an engine.
   *
   * @param directory where they are; made when it is missing
   * @param idleMax after how long without a question one is removed
   */
  StoreImages(StorageEngine engine, Path directory, Duration idleMax) {
    this.engine = engine;
    this.directory = directory;
    this.idleMax = idleMax;
    this.executor =
        Executors.newFixedThreadPool(
            THREADS, Thread.ofPlatform().daemon().name("image-", 0).factory());
  }

  /** Removes images that nobody asks for any more, until it is interrupted. */
  void removeIdleLoop() throws InterruptedException {
    while (true) {
      TimeUnit.NANOSECONDS.sleep(idleMax.toNanos());
      try {
        removeIdle();
      } catch (IOException e) {
        LOG.warn("an image is not removed, the next start does that", e);
      }
    }
  }

  /** Makes an image; the answer has its number and its files. */
  CompletableFuture<PeerResponse.Builder> begin() {
    return run(
        () -> {
          removeIdle();
          if (images.size() >= IMAGES_MAX) {
            throw MetastoreException.of(ErrorCode.REQUEST_TOO_MANY_REQUESTS);
          }
          long started = System.nanoTime();
          long number = numbers.incrementAndGet();
          Files.createDirectories(directory);
          // In use for as long as the checkpoint takes.
          Image image =
              new Image(
                  directory.resolve(Long.toString(number)),
                  new AtomicLong(started + ImageInstaller.BEGIN_MAX.toNanos()));
          images.put(number, image);
          PeerResponse.Builder answer = PeerResponse.newBuilder().setNumber(number);
          try {
            engine.checkpoint(image.directory());
            answer.addAllFiles(files(image.directory()));
          } catch (IOException | RuntimeException e) {
            remove(number);
            throw e;
          }
          // Only now does anybody ask for its pieces.
          image.usedNanos().set(System.nanoTime());
          LOG.atInfo()
              .addKeyValue("image", number)
              .addKeyValue("files", answer.getFilesCount())
              .addKeyValue("took-ms", (System.nanoTime() - started) / 1_000_000)
              .log("image of the store made");
          return answer;
        });
  }

  private static List<ImageFile> files(Path image) throws IOException {
    List<ImageFile> files = new ArrayList<>();
    try (Stream<Path> walk = Files.walk(image)) {
      for (Path file : walk.filter(Files::isRegularFile).sorted().toList()) {
        files.add(
            ImageFile.newBuilder()
                .setName(image.relativize(file).toString())
                .setBytes(Files.size(file))
                .build());
      }
    }
    return files;
  }

  /** Reads a piece of a file, which is empty at its end. */
  CompletableFuture<PeerResponse.Builder> piece(ImagePiece piece) {
    return run(
        () -> {
          Image image = images.get(piece.getImage());
          if (image == null) {
            throw MetastoreException.of(ErrorCode.KEY_NOT_FOUND);
          }
          image.usedNanos().set(System.nanoTime());
          Path file = image.directory().resolve(piece.getFile()).normalize();
          if (!file.startsWith(image.directory())) {
            throw MetastoreException.of(ErrorCode.KEY_NOT_FOUND);
          }
          ByteBuffer bytes = ByteBuffer.allocate(PIECE_BYTES_MAX);
          try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long at = piece.getOffset();
            while (bytes.hasRemaining()) {
              int read = channel.read(bytes, at + bytes.position());
              if (read < 0) {
                break;
              }
            }
          }
          bytes.flip();
          return PeerResponse.newBuilder()
              .setPieceCrc(crc(bytes.duplicate()))
              .setPiece(UnsafeByteOperations.unsafeWrap(bytes));
        });
  }

  /** The check sum of a piece. */
  static int crc(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  /** Removes an image. */
  CompletableFuture<PeerResponse.Builder> end(long number) {
    return run(
        () -> {
          remove(number);
          return PeerResponse.newBuilder();
        });
  }

  private void removeIdle() throws IOException {
    long now = System.nanoTime();
    for (Map.Entry<Long, Image> image : images.entrySet()) {
      if (now - image.getValue().usedNanos().get() > idleMax.toNanos()) {
        remove(image.getKey());
      }
    }
  }

  private void remove(long number) throws IOException {
    Image image = images.remove(number);
    if (image != null) {
      StoreFolders.delete(image.directory());
    }
  }

  @FunctionalInterface
  private interface Work {
    PeerResponse.Builder run() throws IOException;
  }

  private CompletableFuture<PeerResponse.Builder> run(Work work) {
    try {
      return CompletableFuture.supplyAsync(
          () -> {
            try {
              return work.run();
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          },
          executor);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(MetastoreException.of(ErrorCode.STOPPED));
    }
  }

  /** Takes no more questions, and waits for the answers that are being made. */
  @Override
  public void close() {
    executor.close();
  }
}
