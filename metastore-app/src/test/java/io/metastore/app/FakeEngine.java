package io.metastore.app;

import io.metastore.api.storage.StorageEngine;
import io.metastore.api.storage.StorageEngineProvider;
import io.metastore.api.storage.StorageOptions;
import java.nio.file.Path;

/** An engine by name only: the fake node never opens it. */
public record FakeEngine(String name) implements StorageEngineProvider {
  @Override
  public String version() {
    return "1";
  }

  @Override
  public StorageEngine open(StorageOptions options) {
    throw new UnsupportedOperationException("a fake engine is never opened");
  }

  @Override
  public void restore(Path checkpoint, Path directory) {
    throw new UnsupportedOperationException("a fake engine is never restored");
  }
}
