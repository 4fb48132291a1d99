package io.metastore.raft;

import io.metastore.api.storage.StorageEngine;
import io.metastore.api.storage.StorageEngineProvider;
import io.metastore.api.storage.StorageOptions;
import io.metastore.api.storage.StorageSizes;
import io.metastore.api.storage.StorageView;
import io.metastore.api.storage.WriteBatch;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.IntConsumer;

/** A real engine that calls hooks before it commits and flushes: they may wait or throw. */
final class HookedProvider implements StorageEngineProvider {
  private final StorageEngineProvider provider;
  private final IntConsumer beforeCommit;
  private final Runnable beforeFlush;

  /**
   * Wraps an engine.
   *
   * @param beforeCommit called with the number of the commit, from 1, in each opened engine
   */
  HookedProvider(String engine, IntConsumer beforeCommit, Runnable beforeFlush) {
    this.provider = Nodes.provider(engine);
    this.beforeCommit = beforeCommit;
    this.beforeFlush = beforeFlush;
  }

  @Override
  public String name() {
    return provider.name();
  }

  @Override
  public String version() {
    return provider.version();
  }

  @Override
  public void restore(Path checkpoint, Path directory) {
    provider.restore(checkpoint, directory);
  }

  @Override
  public StorageEngine open(StorageOptions options) {
    return new HookedEngine(provider.open(options));
  }

  private final class HookedEngine implements StorageEngine {
    private final StorageEngine engine;
    // Of the one thread that commits.
    private int commits;

    HookedEngine(StorageEngine engine) {
      this.engine = engine;
    }

    @Override
    public void commit(WriteBatch batch) {
      commits++;
      beforeCommit.accept(commits);
      engine.commit(batch);
    }

    @Override
    public StorageView view() {
      return engine.view();
    }

    @Override
    public void flush() {
      beforeFlush.run();
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
}
