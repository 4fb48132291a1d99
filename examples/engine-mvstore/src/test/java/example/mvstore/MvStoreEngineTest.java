package example.mvstore;

import io.metastore.api.storage.StorageEngineProvider;
import io.metastore.testkit.storage.StorageEngineContract;
import java.nio.file.Path;
import java.util.Map;

/** Every promise that a storage engine makes, as a test. */
final class MvStoreEngineTest extends StorageEngineContract {
  @Override
  protected StorageEngineProvider provider() {
    return new MvStoreEngineProvider();
  }

  @Override
  protected boolean isData(Path file) {
    return !file.endsWith("LOCK");
  }

  @Override
  protected Map<String, String> badSettings() {
    return Map.of("cache-mb", "much");
  }
}
