package io.metastore.store.rocksdb;

import io.metastore.api.storage.StorageException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whose a directory is. {@code ENGINE} marks a complete store of this engine; {@code ENGINE.new}
 * one whose creation has begun, and may begin again. Anything else in a directory without either is
 * somebody else's. Stateless.
 */
final class StoreDirectory {
  private static final String MARKER = "ENGINE";
  private static final String NEW_MARKER = "ENGINE.new";
  private static final byte[] CONTENT = "rocksdb 1\n".getBytes(StandardCharsets.US_ASCII);

  private StoreDirectory() {}

  /**
   * Checks that the directory holds a store, or can.
   *
   * @return true when a store is to be created in it
   */
  static boolean isNew(Path directory) {
    if (!Files.isDirectory(directory)) {
      throw new StorageException(directory + " is not a directory; create it or name another");
    }
    try {
      if (Files.exists(directory.resolve(MARKER))) {
        byte[] content = Files.readAllBytes(directory.resolve(MARKER));
        if (!Arrays.equals(content, CONTENT)) {
          throw new StorageException(
              directory.resolve(MARKER)
                  + " is damaged or of a later release"
                  + Failures.DAMAGE_ADVICE);
        }
        return false;
      }
      if (isEmpty(directory) || Files.exists(directory.resolve(NEW_MARKER))) {
        return true;
      }
    } catch (IOException e) {
      throw new StorageException("cannot read " + directory + " (" + e + "); make it readable", e);
    }
    throw new StorageException(
        directory
            + " is not empty and holds no store of storage engine rocksdb (file "
            + MARKER
            + " is missing); name the engine that wrote it, or an empty directory");
  }

  /** Says, before anything else is written, that a store is being created. */
  static void beginCreation(Path directory) throws IOException {
    write(directory.resolve(NEW_MARKER), CONTENT);
    sync(directory);
  }

  /** Says that the store is complete. */
  static void endCreation(Path directory) throws IOException {
    Files.move(
        directory.resolve(NEW_MARKER), directory.resolve(MARKER), StandardCopyOption.ATOMIC_MOVE);
    sync(directory);
  }

  static boolean isEmpty(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.findAny().isEmpty();
    }
  }

  /** Writes a file that survives a crash of the machine, but for its name. */
  static void write(Path file, byte[] content) throws IOException {
    Uninterrupted.run(
        () ->
            Files.write(
                file,
                content,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE,
                StandardOpenOption.SYNC));
  }

  /** Makes names in a directory, or the content of a file, survive a crash of the machine. */
  static void sync(@Nullable Path path) throws IOException {
    Path synced = path == null ? Path.of("") : path;
    Uninterrupted.run(
        () -> {
          try (FileChannel channel = FileChannel.open(synced, StandardOpenOption.READ)) {
            channel.force(true);
          }
        });
  }

  /** Removes what is in a directory, as far as that is possible, and the directory if told so. */
  static void clear(Path directory, boolean directoryToo) {
    try (Stream<Path> walk = Files.walk(directory)) {
      List<Path> deepestFirst = walk.sorted(Comparator.reverseOrder()).toList();
      for (Path path : deepestFirst) {
        if (directoryToo || !path.equals(directory)) {
          Files.deleteIfExists(path);
        }
      }
    } catch (IOException e) {
      // The caller is about to report the failure that matters.
      return;
    }
  }
}
