package io.metastore.store.memory;

import io.metastore.api.storage.StorageException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The engine's directory, held by a lock on a file in it for as long as the engine is open.
 * Thread-safe.
 */
final class StoreDirectory implements AutoCloseable {
  private static final String IMAGE = "store.image";
  private static final String LOCK = "LOCK";

  private static final byte[] USED =
      "held while the store is open\n".getBytes(StandardCharsets.US_ASCII);

  // POSIX drops a process's locks on a file when any of its descriptors for the file is closed, so
  // a second open in this process must be refused before it touches the lock file.
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path directory;
  private final Path held;
  // Not a channel, which an interrupt of whoever writes would close, and the lock with it.
  private final RandomAccessFile lockFile;

  private StoreDirectory(Path directory, Path held, RandomAccessFile lockFile) {
    this.directory = directory;
    this.held = held;
    this.lockFile = lockFile;
  }

  /** The image file of an engine's or a checkpoint's directory. */
  static Path image(Path directory) {
    return directory.resolve(IMAGE);
  }

  /** The name under which an image is written before it takes the place of the last one. */
  static Path unfinished(Path image) {
    return image.resolveSibling(image.getFileName() + ".tmp");
  }

  /**
   * Takes the directory.
   *
   * @throws StorageException when it cannot be used, is held already or belongs to another engine
   */
  static StoreDirectory take(Path directory) {
    if (!Files.isDirectory(directory)) {
      throw new StorageException(directory + " is not a directory; create it or name another");
    }
    if (!Files.exists(image(directory)) && !isUnused(directory)) {
      throw new StorageException(
          directory
              + " is not empty and holds no store of storage engine memory ("
              + IMAGE
              + " is missing); name the engine that wrote it, or an empty directory");
    }
    try {
      Path real = directory.toRealPath();
      if (!HELD.add(real)) {
        throw inUse(directory, "this process");
      }
      RandomAccessFile lockFile = null;
      try {
        lockFile = lock(directory);
        return new StoreDirectory(directory, real, lockFile);
      } finally {
        if (lockFile == null) {
          HELD.remove(real);
        }
      }
    } catch (IOException e) {
      throw new StorageException(
          "cannot lock " + directory.resolve(LOCK) + " (" + e + "); make it writable", e);
    }
  }

  private static RandomAccessFile lock(Path directory) throws IOException {
    RandomAccessFile file = new RandomAccessFile(directory.resolve(LOCK).toFile(), "rw");
    FileLock lock = null;
    try {
      lock = file.getChannel().tryLock();
    } catch (OverlappingFileLockException e) {
      throw inUse(directory, "this process");
    } finally {
      if (lock == null) {
        file.close();
      }
    }
    if (lock == null) {
      throw inUse(directory, "another process");
    }
    return file;
  }

  private static StorageException inUse(Path directory, String by) {
    return new StorageException(
        directory + " is open already, by " + by + "; stop that one or name another directory");
  }

  /** Notes in the lock file that there is an image, so that a lost one is missed. */
  void markUsed() throws IOException {
    if (lockFile.length() == 0) {
      lockFile.write(USED);
      lockFile.getFD().sync();
    }
  }

  /** True when the directory holds nothing but what an interrupted creation leaves behind. */
  static boolean isUnused(Path directory) {
    if (!Files.exists(directory)) {
      return true;
    }
    String unfinished = unfinished(image(directory)).getFileName().toString();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        boolean left = name.equals(unfinished) || (name.equals(LOCK) && Files.size(file) == 0);
        if (!left) {
          return false;
        }
      }
      return true;
    } catch (IOException e) {
      throw new StorageException("cannot read " + directory + " (" + e + "); make it readable", e);
    }
  }

  /** Removes the files that a failed write left, as far as that is possible. */
  static void undo(Path directory, boolean directoryToo) {
    deleteQuietly(unfinished(image(directory)));
    deleteQuietly(image(directory));
    if (directoryToo) {
      deleteQuietly(directory);
    }
  }

  // Whoever undoes is about to report the failure that matters.
  private static void deleteQuietly(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      return;
    }
  }

  /** Makes renames and new files in a directory survive a crash of the machine. */
  static void sync(@Nullable Path directory) throws IOException {
    Path synced = directory == null ? Path.of("") : directory;
    // There are no streams of directories, and an interrupt closes a channel: then with another.
    boolean interrupted = Thread.interrupted();
    try {
      while (true) {
        try (FileChannel channel = FileChannel.open(synced, StandardOpenOption.READ)) {
          channel.force(true);
          return;
        } catch (ClosedByInterruptException e) {
          interrupted |= Thread.interrupted();
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  Path path() {
    return directory;
  }

  Path image() {
    return image(directory);
  }

  @Override
  public void close() {
    try {
      lockFile.close();
    } catch (IOException e) {
      throw new StorageException("cannot unlock " + directory.resolve(LOCK) + " (" + e + ")", e);
    } finally {
      HELD.remove(held);
    }
  }
}
