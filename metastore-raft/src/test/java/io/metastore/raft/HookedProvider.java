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

/** A real engine with hooks before commits, flushes and restores: they may wait or throw. */
final class HookedProvider implements StorageEngineProvider {
  private final StorageEngineProvider provider;
  private final IntConsumer beforeCommit;
  private final Runnable beforeFlush;
  private final Runnable beforeRestore;

  /**
   * Wraps an engine.
   *
   * @param beforeCommit called with the number of the commit, from 1, in each opened engine
   */
  HookedProvider(String engine, IntConsumer beforeCommit, Runnable beforeFlush) {
    this(engine, beforeCommit, beforeFlush, () -> {});
  }

  private HookedProvider(
      String engine, IntConsumer beforeCommit, Runnable beforeFlush, Runnable beforeRestore) {
    this.provider = Nodes.provider(engine);
    this.beforeCommit = beforeCommit;
    this.beforeFlush = beforeFlush;
    this.beforeRestore = beforeRestore;
  }

  /** Wraps an engine, and calls a hook before it makes a store of an image. */
  static HookedProvider restoring(String engine, Runnable beforeRestore) {
    return new HookedProvider(engine, number -> {}, () -> {}, beforeRestore);
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
    beforeRestore.run();
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
