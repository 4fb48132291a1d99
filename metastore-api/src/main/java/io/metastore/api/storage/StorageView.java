package io.metastore.api.storage;

import java.util.Optional;

/**
 * A point-in-time read of all keyspaces: it sees every batch committed before it was opened and
 * none committed after.
 *
 * <p>Thread-safe: many threads may read one view at once, while commits, flushes and checkpoints go
 * on. A view that stays open may keep disk space from being freed, but never stops a commit.
 */
public interface StorageView extends AutoCloseable {
  /**
   * Reads one key.
   *
   * @return the value, in an array that the engine does not change afterwards and the caller must
   *     not either; empty when the key is absent
   * @throws StorageException when the engine cannot read
   * @throws IllegalStateException when the view is closed
   */
  Optional<byte[]> get(Keyspace keyspace, byte[] key);

  /**
   * Opens a walk over a range.
   *
   * @param direction {@link ScanDirection#FORWARD} from the smallest key, {@link
   *     ScanDirection#BACKWARD} from the largest
   * @throws StorageException when the engine cannot read
   * @throws IllegalStateException when the view is closed
   */
  Cursor scan(Keyspace keyspace, KeyRange range, ScanDirection direction);

  /** Frees the view. All its cursors must be closed before. Closing twice is harmless. */
  @Override
  void close();
}
