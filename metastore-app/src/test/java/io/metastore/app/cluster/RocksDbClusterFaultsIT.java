package io.metastore.app.cluster;

final class RocksDbClusterFaultsIT extends ClusterFaults {
  RocksDbClusterFaultsIT() {
    super("rocksdb");
  }
}
