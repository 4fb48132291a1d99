package io.metastore.core;

import io.metastore.api.storage.StorageEngine;
import io.metastore.api.storage.StorageEngineProvider;
import io.metastore.api.storage.StorageOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ServiceLoader;

/** Where core's tests get their real engine. */
public final class Engines {
  static {
    // Core itself is handed its engine: only its tests look one up.
    Engines.class.getModule().addUses(StorageEngineProvider.class);
  }

  private Engines() {}

  /** The provider of a name. */
  public static StorageEngineProvider named(String name) {
    return ServiceLoader.load(StorageEngineProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(provider -> provider.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /** Opens the memory engine on a directory, made when it is missing. */
  public static StorageEngine open(Path directory) throws IOException {
    return named("memory").open(StorageOptions.of(Files.createDirectories(directory)));
  }
}
