package io.metastore.api.storage;

import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/**
 * What an engine is opened with.
 *
 * @param directory the engine's own directory; it exists, may be empty, and nobody else writes to
 *     it
 * @param settings engine-specific settings by name; an engine refuses a name it does not know or a
 *     value it cannot use with an {@link IllegalArgumentException} that says which and what is
 *     allowed
 */
public record StorageOptions(Path directory, Map<String, String> settings) {
  /** Copies the map. */
  public StorageOptions {
    Objects.requireNonNull(directory, "directory");
    settings = Map.copyOf(settings);
  }

  /** Options with every setting at its default. */
  public static StorageOptions of(Path directory) {
    return new StorageOptions(directory, Map.of());
  }
}
