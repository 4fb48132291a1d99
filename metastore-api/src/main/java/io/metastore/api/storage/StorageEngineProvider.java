package io.metastore.api.storage;

import java.nio.file.Path;

/**
 * The entry of a storage engine, found by {@link java.util.ServiceLoader}. It needs a public
 * no-argument constructor or provider method, which must be cheap: every installed provider is
 * instantiated to learn its name.
 *
 * <p>Thread-safe.
 */
public interface StorageEngineProvider {
  /**
   * The name by which {@code --storage} selects the engine: lower-case letters, digits and hyphens,
   * beginning with a letter.
   */
  String name();

  /** The version of the engine, for display. */
  String version();

  /**
   * Opens the store in a directory, creating it when the directory is empty.
   *
   * @throws StorageException when the directory cannot be read or written, is open already (in this
   *     process or another), or holds damaged data or another engine's; nothing in it is then
   *     changed
   * @throws IllegalArgumentException when a setting is unknown or its value cannot be used
   */
  StorageEngine open(StorageOptions options);

  /**
   * Fills an empty directory from a {@linkplain StorageEngine#checkpoint checkpoint} of the same
   * engine, so that {@link #open} finds there what the checkpoint holds.
   *
   * @param checkpoint left as it is
   * @param directory must be empty or not exist
   * @throws StorageException when the checkpoint is incomplete or damaged, or the directory cannot
   *     be written; {@code directory} is then left without a store
   */
  void restore(Path checkpoint, Path directory);
}
