package io.metastore.api.provider;

import io.metastore.api.Metastore;
import io.metastore.api.OpenOptions;

/** Opens stores in this JVM. Found by {@link java.util.ServiceLoader}; thread-safe. */
public interface EmbeddedProvider {
  /**
   * Opens a store, as {@link Metastore#open} says.
   *
   * @throws io.metastore.api.RefusedException when it cannot be opened; nothing is left running
   */
  Metastore open(OpenOptions options);
}
