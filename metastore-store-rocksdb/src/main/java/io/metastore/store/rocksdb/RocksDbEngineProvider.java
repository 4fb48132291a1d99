package io.metastore.store.rocksdb;

import io.metastore.api.storage.StorageEngine;
import io.metastore.api.storage.StorageEngineProvider;
import io.metastore.api.storage.StorageOptions;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Path;

/**
 * The entry of the RocksDB engine. Its settings are in docs/operations.md. Native code is loaded by
 * the first open, not before. Thread-safe.
 */
public final class RocksDbEngineProvider implements StorageEngineProvider {
  /** Creates the provider; {@link java.util.ServiceLoader} calls this. */
  public RocksDbEngineProvider() {}

  @Override
  public String name() {
    return "rocksdb";
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
    return RocksDbEngine.open(options.directory(), RocksDbSettings.of(options.settings()));
  }

  @Override
  public void restore(Path checkpoint, Path directory) {
    Restore.restore(checkpoint, directory);
  }
}
