package io.metastore.store.rocksdb;

import io.metastore.api.storage.StorageException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.rocksdb.RocksDB;
import org.rocksdb.util.Environment;

/**
 * RocksDB's native library: from the folder {@code native} beside the one of the jars, as in a
 * distribution, or unpacked. RocksDB itself unpacks it at each start to a file that a process that
 * is killed leaves behind; here it is deleted as soon as it is loaded. Thread-safe.
 */
final class NativeLibrary {
  /** In the jar. */
  private static final String RESOURCE = "/" + Environment.getJniLibraryFileName("rocksdb");

  /** In a folder: RocksDB 11.8 looks for it there by this name. */
  private static final String FILE = Environment.getJniLibraryFileName("rocksdbjni");

  private static final ReentrantLock UNPACKING = new ReentrantLock();
  // Guarded by UNPACKING.
  private static boolean unpacked;

  private NativeLibrary() {}

  /**
   * Loads the library; nothing when it is loaded.
   *
   * @throws StorageException when it cannot be
   */
  static void load() {
    try {
      Optional<Path> shipped = shipped();
      if (shipped.isEmpty() || !isLoaded(shipped.get())) {
        loadUnpacked();
      }
    } catch (IOException | UnsatisfiedLinkError | RuntimeException e) {
      throw new StorageException(
          "cannot load RocksDB's native library ("
              + e
              + "); it is unpacked into "
              + System.getProperty("java.io.tmpdir")
              + ", from where programs must be allowed to run: set -Djava.io.tmpdir to another one",
          e);
    }
  }

  /** Where a distribution has it, whose jars are in {@code lib}; empty elsewhere. */
  private static Optional<Path> shipped() {
    CodeSource source = RocksDB.class.getProtectionDomain().getCodeSource();
    if (source == null || source.getLocation() == null) {
      return Optional.empty();
    }
    try {
      Path jar = Path.of(source.getLocation().toURI());
      return Optional.of(jar.resolveSibling("../native").normalize())
          .filter(folder -> Files.exists(folder.resolve(FILE)));
    } catch (URISyntaxException | IllegalArgumentException | FileSystemNotFoundException e) {
      // The class is not from a file.
      return Optional.empty();
    }
  }

  /** Loads it from a folder; tells whether that worked. */
  private static boolean isLoaded(Path folder) {
    try {
      RocksDB.loadLibrary(List.of(folder.toString()));
      return true;
    } catch (UnsatisfiedLinkError e) {
      // Programs may not run from there, say.
      return false;
    }
  }

  private static void loadUnpacked() throws IOException {
    UNPACKING.lock();
    try {
      if (!unpacked) {
        unpack();
        unpacked = true;
      }
    } finally {
      UNPACKING.unlock();
    }
  }

  private static void unpack() throws IOException {
    try (InputStream library = RocksDB.class.getResourceAsStream(RESOURCE)) {
      if (library == null) {
        // RocksDB knows best what it lacks.
        RocksDB.loadLibrary();
        return;
      }
      Path folder = Files.createTempDirectory("metastore-rocksdb");
      Path file = folder.resolve(FILE);
      try {
        Files.copy(library, file);
        RocksDB.loadLibrary(List.of(folder.toString()));
      } finally {
        // What is loaded stays, the file is only its name.
        Files.deleteIfExists(file);
        Files.delete(folder);
      }
    }
  }
}
