/**
 * The default engine: RocksDB, with a column family for each keyspace.
 *
 * <p>It exports nothing: a node finds the engine as a {@link
 * io.metastore.api.storage.StorageEngineProvider} named {@code rocksdb}. Native code is called, so
 * the JVM wants {@code --enable-native-access=org.rocksdb}.
 */
module io.metastore.store.rocksdb {
  requires io.metastore.api;
  requires org.rocksdb;
  requires org.slf4j;
  requires static org.jspecify;

  provides io.metastore.api.storage.StorageEngineProvider with
      io.metastore.store.rocksdb.RocksDbEngineProvider;
}
