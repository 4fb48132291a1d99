package io.metastore.app;

import io.metastore.api.storage.StorageEngineProvider;
import io.metastore.raft.StartException;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.SortedMap;
import java.util.TreeMap;

/** The storage engines that are installed, by name. Immutable. */
public final class StorageEngines {
  private final SortedMap<String, StorageEngineProvider> byName;

  private StorageEngines(SortedMap<String, StorageEngineProvider> byName) {
    this.byName = byName;
  }

  /** Looks for engines on the module path (or class path). */
  public static StorageEngines installed() {
    List<StorageEngineProvider> providers = new ArrayList<>();
    ServiceLoader.load(StorageEngineProvider.class).forEach(providers::add);
    return of(providers);
  }

  /** These engines. */
  static StorageEngines of(List<StorageEngineProvider> providers) {
    SortedMap<String, StorageEngineProvider> byName = new TreeMap<>();
    for (StorageEngineProvider provider : providers) {
      byName.put(provider.name(), provider);
    }
    return new StorageEngines(byName);
  }

  /**
   * The engine with a name.
   *
   * @param spelled the setting as the operator wrote it
   * @throws StartException when there is none; the message lists those that are installed
   */
  public StorageEngineProvider named(String name, String spelled) throws StartException {
    StorageEngineProvider provider = byName.get(name);
    if (provider == null) {
      String installed = byName.isEmpty() ? "none" : String.join(", ", byName.keySet());
      throw new StartException(
          spelled + ": there is no such storage engine; installed: " + installed);
    }
    return provider;
  }
}
