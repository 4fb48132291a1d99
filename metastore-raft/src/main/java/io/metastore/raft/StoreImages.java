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
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
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
 * <p>Thread-safe. Files are read and written on the executor.
 */
final class StoreImages {
  private static final Logger LOG = LoggerFactory.getLogger(StoreImages.class);

  /** How much is sent at once. */
  static final int PIECE_BYTES_MAX = 1 << 20;

  private static final int IMAGES_MAX = 4;
  private static final Duration IDLE_MAX = Duration.ofMinutes(2);

  private record Image(Path directory, AtomicLong usedNanos) {}

  private final StorageEngine engine;
  private final Path directory;
  private final Executor executor;
  private final AtomicLong numbers = new AtomicLong();
  private final Map<Long, Image> images = new ConcurrentHashMap<>();

  /**
   * Creates images of an engine.
   *
   * @param directory where they are; made when it is missing
   */
  StoreImages(StorageEngine engine, Path directory, Executor executor) {
    this.engine = engine;
    this.directory = directory;
    this.executor = executor;
  }

  /** Makes an image; the answer has its number and its files. */
  CompletableFuture<PeerResponse.Builder> begin() {
    return run(
        () -> {
          removeIdle();
          if (images.size() >= IMAGES_MAX) {
            throw MetastoreException.of(ErrorCode.REQUEST_TOO_MANY_REQUESTS);
          }
          long number = numbers.incrementAndGet();
          Files.createDirectories(directory);
          Image image = new Image(directory.resolve(Long.toString(number)), now());
          images.put(number, image);
          long started = System.nanoTime();
          engine.checkpoint(image.directory());
          PeerResponse.Builder answer = PeerResponse.newBuilder().setNumber(number);
          try (Stream<Path> walk = Files.walk(image.directory())) {
            for (Path file : walk.filter(Files::isRegularFile).sorted().toList()) {
              answer.addFiles(
                  ImageFile.newBuilder()
                      .setName(image.directory().relativize(file).toString())
                      .setBytes(Files.size(file)));
            }
          }
          LOG.atInfo()
              .addKeyValue("image", number)
              .addKeyValue("files", answer.getFilesCount())
              .addKeyValue("took-ms", (System.nanoTime() - started) / 1_000_000)
              .log("image of the store made");
          return answer;
        });
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
      if (now - image.getValue().usedNanos().get() > IDLE_MAX.toNanos()) {
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

  private static AtomicLong now() {
    return new AtomicLong(System.nanoTime());
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
}
