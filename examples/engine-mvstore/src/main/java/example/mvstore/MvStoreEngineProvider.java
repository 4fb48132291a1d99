package example.mvstore;

import io.metastore.api.storage.StorageEngine;
import io.metastore.api.storage.StorageEngineProvider;
import io.metastore.api.storage.StorageOptions;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Path;
import java.util.Map;

/** The entry of the engine. Setting: {@code cache-mb}, pages kept on the heap. */
public final class MvStoreEngineProvider implements StorageEngineProvider {
  private static final String CACHE_MB = "cache-mb";
  private static final int CACHE_MB_DEFAULT = 16;

  @Override
  public String name() {
    return "mvstore";
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
    return MvStoreEngine.open(options.directory(), cacheMegabytes(options.settings()));
  }

  private static int cacheMegabytes(Map<String, String> settings) {
    for (String name : settings.keySet()) {
      if (!name.equals(CACHE_MB)) {
        throw new IllegalArgumentException(
            "unknown setting " + name + " of storage engine mvstore: it has " + CACHE_MB);
      }
    }
    String text = settings.getOrDefault(CACHE_MB, String.valueOf(CACHE_MB_DEFAULT));
    if (!text.matches("[1-9][0-9]{0,4}")) {
      throw new IllegalArgumentException(
          "setting " + CACHE_MB + " of storage engine mvstore is " + text + "; allowed: 1 to 99999");
    }
    return Integer.parseInt(text);
  }

  @Override
  public void restore(Path checkpoint, Path directory) {
    Image.restore(checkpoint, directory);
  }
}
