package io.metastore.raft;

import io.metastore.api.storage.StorageEngine;
import io.metastore.api.storage.StorageSizes;
import io.metastore.api.storage.StorageView;
import io.metastore.api.storage.WriteBatch;
import io.metastore.core.NodeMetrics;
import java.nio.file.Path;
import java.util.Map;

/** An engine whose commits are timed: the state machine itself never looks at a clock. */
final class MeteredEngine implements StorageEngine {
  private final StorageEngine engine;
  private final NodeMetrics metrics;

  MeteredEngine(StorageEngine engine, NodeMetrics metrics) {
    this.engine = engine;
    this.metrics = metrics;
  }

  @Override
  public void commit(WriteBatch batch) {
    long started = System.nanoTime();
    engine.commit(batch);
    metrics.engineCommitted(System.nanoTime() - started);
  }

  @Override
  public StorageView view() {
    return engine.view();
  }

  @Override
  public void flush() {
    engine.flush();
  }

  @Override
  public void checkpoint(Path directory) {
    engine.checkpoint(directory);
  }

  @Override
  public StorageSizes sizes() {
    return engine.sizes();
  }

  @Override
  public Map<String, Long> statistics() {
    return engine.statistics();
  }

  @Override
  public void close() {
    engine.close();
  }
}
