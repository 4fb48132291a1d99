package io.metastore.store.rocksdb;

import io.metastore.api.storage.StorageException;
import java.nio.file.Path;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/** Says RocksDB's failures in words that an operator can act on, in one line. Stateless. */
final class Failures {
  /** For a member, whose peers have what it lost, and for whoever has no peers. */
  static final String DAMAGE_ADVICE =
      "; replace this member by an empty one, which its peers fill, or restore a backup";

  private Failures() {}

  /** A failure to open a directory. */
  static StorageException opening(Path directory, RocksDBException e) {
    String text = text(e);
    if (text.contains("lock hold by current process")) {
      return new StorageException(
          directory + " is open already, by this process; name another directory", e);
    }
    if (text.contains("While lock file")) {
      return new StorageException(
          directory + " is open already, by another process; stop that one or name another", e);
    }
    if (isDamage(e)) {
      return new StorageException(directory + " is damaged: " + text + DAMAGE_ADVICE, e);
    }
    return new StorageException(
        "cannot open "
            + directory
            + ": "
            + text
            + "; make it readable and writable; if a file is lost"
            + DAMAGE_ADVICE.substring(1),
        e);
  }

  /** A failure of an open engine. */
  static StorageException using(Path directory, String action, RocksDBException e) {
    String advice = isDamage(e) ? DAMAGE_ADVICE : "; check free space and the health of the disk";
    return new StorageException(
        "cannot " + action + " in " + directory + ": " + text(e) + advice, e);
  }

  private static boolean isDamage(RocksDBException e) {
    Status status = e.getStatus();
    return status != null && status.getCode() == Status.Code.Corruption;
  }

  static String text(RocksDBException e) {
    return String.valueOf(e.getMessage()).strip().replaceAll("\\s+", " ");
  }
}
