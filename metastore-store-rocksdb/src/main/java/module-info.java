module io.metastore.store.rocksdb {
  requires io.metastore.api;
  requires org.rocksdb;
  requires org.slf4j;
  requires static org.jspecify;
}
