package io.metastore.store.rocksdb;

import io.metastore.api.storage.StorageEngineProvider;
import io.metastore.testkit.storage.StorageEngineContract;
import java.nio.file.Path;
import java.util.Map;

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

  @Override
  protected Map<String, String> badSettings() {
    return Map.of(
        "memory-bytes", "much",
        "compression", "best",
        "background-jobs", "-1",
        "write-buffer-bytes", "1.5",
        "block-bytes", "0",
        "bloom-bits", "many",
        "max-open-files", "all");
  }
}
