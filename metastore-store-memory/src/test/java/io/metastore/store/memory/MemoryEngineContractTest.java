package io.metastore.store.memory;

import io.metastore.api.storage.StorageEngineProvider;
import io.metastore.testkit.storage.StorageEngineContract;
import java.nio.file.Path;

final class MemoryEngineContractTest extends StorageEngineContract {
  @Override
  protected StorageEngineProvider provider() {
    return new MemoryEngineProvider();
  }

  @Override
  protected boolean isData(Path file) {
    return !file.endsWith("LOCK");
  }
}
