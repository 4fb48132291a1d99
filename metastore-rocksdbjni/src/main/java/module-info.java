/** RocksDB's Java binding with the Linux x86-64 and arm64 libraries. */
module org.rocksdb {
  exports org.rocksdb;
  exports org.rocksdb.util;
}
