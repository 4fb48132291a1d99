package io.metastore.store.rocksdb;

import io.metastore.api.storage.StorageEngineProvider;
import io.metastore.testkit.storage.StorageEngineContract;
import java.nio.file.Path;

final class RocksDbEngineContractTest extends StorageEngineContract {
  @Override
  protected StorageEngineProvider provider() {
    return new RocksDbEngineProvider();
  }

  @Override
  protected boolean isData(Path file) {
    String name = String.valueOf(file.getFileName());
    return !name.equals("LOCK") && !name.startsWith("LOG");
  }
}
