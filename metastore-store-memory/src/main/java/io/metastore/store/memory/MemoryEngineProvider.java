package io.metastore.store.memory;

import io.metastore.api.storage.StorageEngine;
import io.metastore.api.storage.StorageEngineProvider;
import io.metastore.api.storage.StorageException;
import io.metastore.api.storage.StorageOptions;
import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;

/** The entry of the memory engine. It has no settings. Thread-safe. */
public final class MemoryEngineProvider implements StorageEngineProvider {
  static final String NAME = "memory";

  /** Creates the provider; {@link java.util.ServiceLoader} calls this. */
  public MemoryEngineProvider() {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String version() {
    // A named module's packages have no version; outside of one there is no descriptor.
    ModuleDescriptor module = getClass().getModule().getDescriptor();
    String version =
        module == null
            ? getClass().getPackage().getImplementationVersion()
            : module.rawVersion().orElse(null);
    return version == null ? "development" : version;
  }

  @Override
  public StorageEngine open(StorageOptions options) {
    if (!options.settings().isEmpty()) {
      throw new IllegalArgumentException(
          "unknown setting "
              + options.settings().keySet().stream().sorted().toList()
              + " of storage engine memory: it has no settings");
    }
    return MemoryEngine.open(options.directory());
  }

  @Override
  public void restore(Path checkpoint, Path directory) {
    Path source = StoreDirectory.image(checkpoint);
    Path target = StoreDirectory.image(directory);
    boolean created = !Files.exists(directory);
    if (!StoreDirectory.isUnused(directory)) {
      throw new StorageException(
          "cannot restore into " + directory + ": it is not empty; empty it");
    }
    if (!Files.isRegularFile(source)) {
      throw new StorageException(
          checkpoint + " holds no checkpoint of storage engine memory: " + source + " is missing");
    }
    // Read in full before anything is written: only an image that opens is copied.
    Contents contents = ImageReader.read(source);
    try {
      Files.createDirectories(directory);
      ImageWriter.write(contents, target);
    } catch (IOException e) {
      StoreDirectory.undo(directory, created);
      throw new StorageException("cannot write " + target + " (" + e + "); free space there", e);
    } catch (RuntimeException e) {
      StoreDirectory.undo(directory, created);
      throw e;
    }
  }
}
