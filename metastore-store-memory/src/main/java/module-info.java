/**
 * The memory engine: ordered copy-on-write trees, with an image of them in a file at every flush.
 *
 * <p>It exports nothing: a node finds the engine as a {@link
 * io.metastore.api.storage.StorageEngineProvider} named {@code memory}.
 */
module io.metastore.store.memory {
  requires io.metastore.api;
  requires static org.jspecify;

  provides io.metastore.api.storage.StorageEngineProvider with
      io.metastore.store.memory.MemoryEngineProvider;
}
