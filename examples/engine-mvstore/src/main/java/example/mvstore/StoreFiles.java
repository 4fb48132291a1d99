package example.mvstore;

import io.metastore.api.storage.StorageException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/**
 * The files of a store: {@code LOCK}, held while it is open, {@code data.mv}, which is MVStore's,
 * and {@code FLUSHED}, which says the version that has reached the disk. A store has the last from
 * its first moment on, so that a directory without one is new or somebody else's.
 */
final class StoreFiles implements AutoCloseable {
  private static final String LOCK = "LOCK";
  private static final String FLUSHED = "FLUSHED";
  private static final String FLUSHED_NEXT = "FLUSHED.next";
  private static final String DATA = "data.mv";
  private static final String FORMAT = "mvstore engine 1, flushed version ";

  private final Path directory;
  private final FileChannel lock;
  private volatile long flushed;

  private StoreFiles(Path directory, FileChannel lock) {
    this.directory = directory;
    this.lock = lock;
  }

  static StoreFiles open(Path directory) {
    if (!Files.isDirectory(directory)) {
      throw new StorageException(directory + " is not a directory; create it or name another");
    }
    try {
      Set<String> names = names(directory);
      boolean isNew = !names.contains(FLUSHED);
      names.remove(LOCK);
      names.remove(FLUSHED_NEXT);
      if (isNew && !names.isEmpty()) {
        throw new StorageException(
            directory
                + " is not empty and holds no store of storage engine mvstore (file "
                + FLUSHED
                + " is missing); name the engine that wrote it, or an empty directory");
      }
      StoreFiles files = new StoreFiles(directory, lock(directory));
      try {
        if (isNew) {
          files.flushed(0);
        }
        files.read();
        return files;
      } catch (IOException | RuntimeException e) {
        files.close();
        throw e;
      }
    } catch (IOException e) {
      throw new StorageException(
          "cannot open " + directory + " (" + e + "); make it readable and writable", e);
    }
  }

  private static Set<String> names(Path directory) throws IOException {
    Set<String> names = new TreeSet<>();
    try (Stream<Path> files = Files.list(directory)) {
      files.forEach(file -> names.add(String.valueOf(file.getFileName())));
    }
    return names;
  }

  private static FileChannel lock(Path directory) throws IOException {
    FileChannel channel =
        FileChannel.open(
            directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      // Held by this process: the same, for whoever reads the message.
    }
    channel.close();
    throw new StorageException(
        directory + " is open already; close it there or name another directory");
  }

  /** Reads what was flushed, and removes what a store has that has flushed nothing. */
  private void read() throws IOException {
    String text = Files.readString(directory.resolve(FLUSHED), StandardCharsets.ISO_8859_1);
    String version = text.lines().findFirst().orElse("").replace(FORMAT, "");
    if (!version.matches("[0-9]{1,18}") || !text.equals(line(Long.parseLong(version)))) {
      throw new StorageException(
          directory.resolve(FLUSHED)
              + " is damaged or of a later release;"
              + " remove this member from the cluster and add it again, or restore a backup");
    }
    flushed = Long.parseLong(version);
    if (flushed == 0) {
      Files.deleteIfExists(data());
    } else if (!Files.exists(data()) || Files.size(data()) == 0) {
      throw new StorageException(
          data()
              + " is missing or empty;"
              + " remove this member from the cluster and add it again, or restore a backup");
    }
  }

  private static String line(long version) {
    String line = FORMAT + version + "\n";
    CRC32 sum = new CRC32();
    sum.update(line.getBytes(StandardCharsets.ISO_8859_1));
    return line + Long.toHexString(sum.getValue()) + "\n";
  }

  Path data() {
    return directory.resolve(DATA);
  }

  /** The version that is on disk, 0 when there is none. */
  long flushed() {
    return flushed;
  }

  /** Notes that a version is on disk; it is noted there itself when this returns. */
  void flushed(long version) {
    try {
      Path next = directory.resolve(FLUSHED_NEXT);
      write(next, line(version).getBytes(StandardCharsets.ISO_8859_1));
      Files.move(next, directory.resolve(FLUSHED), StandardCopyOption.ATOMIC_MOVE);
      sync(directory);
      flushed = version;
    } catch (IOException e) {
      throw new StorageException(
          "cannot write " + directory.resolve(FLUSHED) + " (" + e + "); check space and disk", e);
    }
  }

  // By output streams: a thread that is interrupted may not use a channel.
  private static void write(Path file, byte[] content) throws IOException {
    try (java.io.FileOutputStream out = new java.io.FileOutputStream(file.toFile())) {
      out.write(content);
      out.getFD().sync();
    }
  }

  /** Makes the names in a directory survive a crash. */
  static void sync(Path directory) throws IOException {
    boolean interrupted = Thread.interrupted();
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void close() {
    try {
      lock.close();
    } catch (IOException e) {
      throw new StorageException("cannot unlock " + directory + " (" + e + ")", e);
    }
  }
}
