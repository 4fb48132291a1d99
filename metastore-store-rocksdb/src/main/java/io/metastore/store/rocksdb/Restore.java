package io.metastore.store.rocksdb;

import io.metastore.api.storage.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.rocksdb.RocksDBException;

/** Makes an engine's directory from a checkpoint. Stateless. */
final class Restore {
  private Restore() {}

  static void restore(Path checkpoint, Path directory) {
    boolean created = !Files.exists(directory);
    boolean done = false;
    try {
      if (!created && !StoreDirectory.isEmpty(directory)) {
        done = true;
        throw new StorageException(
            "cannot restore into " + directory + ": it is not empty; empty it");
      }
      List<String> files = CheckpointFiles.verify(checkpoint);
      Files.createDirectories(directory);
      for (String name : files) {
        take(checkpoint.resolve(name), directory.resolve(name));
      }
      verifyData(checkpoint, directory);
      // Only now is it a store: an interrupted restore leaves a directory that does not open.
      StoreDirectory.beginCreation(directory);
      StoreDirectory.endCreation(directory);
      StoreDirectory.sync(directory.toAbsolutePath().getParent());
      done = true;
    } catch (IOException e) {
      throw new StorageException(
          "cannot write " + directory + " (" + e + "); free space or make it writable", e);
    } finally {
      if (!done) {
        StoreDirectory.clear(directory, created);
      }
    }
  }

  // RocksDB never changes a data file, so both directories may share it.
  private static void take(Path from, Path to) throws IOException {
    if (CheckpointFiles.isData(String.valueOf(from.getFileName()))) {
      try {
        Files.createLink(to, from);
        return;
      } catch (IOException | UnsupportedOperationException e) {
        // Another file system: a copy does as well.
        Files.deleteIfExists(to);
      }
    }
    Files.copy(from, to);
    StoreDirectory.sync(to);
  }

  private static void verifyData(Path checkpoint, Path directory) {
    try (Database database = Database.openReadOnly(directory)) {
      database.rocks().verifyChecksum();
    } catch (RocksDBException e) {
      throw new StorageException(
          checkpoint + " is damaged: " + Failures.text(e) + "; take another checkpoint", e);
    } catch (StorageException e) {
      throw new StorageException(
          checkpoint + " is damaged: " + e.getMessage() + "; take another checkpoint", e);
    }
  }
}
