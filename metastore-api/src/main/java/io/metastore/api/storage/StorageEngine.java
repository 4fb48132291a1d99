package io.metastore.api.storage;

import java.nio.file.Path;
import java.util.Map;

/**
 * One open store: ordered keyspaces with atomic batches and point-in-time views.
 *
 * <p><b>Threads.</b> {@link #commit} is called by one thread at a time. All other methods may be
 * called from any thread, at any time, also while a commit runs. A thread that is interrupted is
 * served like any other and stays interrupted; engines that use a channel of the JDK take care that
 * it is not closed under them.
 *
 * <p><b>Durability.</b> A commit need not survive a crash until a later {@link #flush()} has
 * returned. After a crash the engine opens at some prefix of the sequence of commits that contains
 * everything before the last completed flush: never half a batch, never a batch without its
 * predecessors.
 *
 * <p><b>Errors.</b> {@link StorageException} when the disk or the data fail, {@link
 * IllegalStateException} after {@link #close()}.
 */
public interface StorageEngine extends AutoCloseable {
  /**
   * Applies a batch, all of it or nothing, over all keyspaces. Views opened afterwards see it.
   *
   * @param batch not kept after the call returns, but the arrays in it may be
   * @throws StorageException when it was not applied; the engine may then refuse every later commit
   */
  void commit(WriteBatch batch);

  /**
   * Opens a view of everything committed so far. It costs the same however much is stored.
   *
   * @return a view that the caller closes, before the engine
   */
  StorageView view();

  /**
   * Makes every commit that returned before this call survive a crash of the process and of the
   * machine. Commits and reads go on meanwhile.
   *
   * @throws StorageException when that cannot be promised
   */
  void flush();

  /**
   * Writes a complete image of everything committed before the call into a new directory, from
   * which {@link StorageEngineProvider#restore} makes an engine's directory. Commits and reads go
   * on meanwhile; the image survives a crash once the call has returned, and damage to it is found
   * when it is restored.
   *
   * @param directory must not exist; its parent must
   * @throws StorageException when it could not be written; what was written is then removed
   */
  void checkpoint(Path directory);

  /** How much is stored; cheap enough to be asked once a second. */
  StorageSizes sizes();

  /**
   * Figures of the engine's own for monitoring, by name in lower case with underscores, for example
   * {@code block_cache_bytes}; cheap enough to be asked once a second.
   */
  Map<String, Long> statistics();

  /**
   * Frees everything, files and threads too. What was not flushed may be lost. Closing twice is
   * harmless.
   *
   * @throws StorageException when the engine could not end cleanly; it is closed all the same
   */
  @Override
  void close();
}
